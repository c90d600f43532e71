/**
 * Kepler.gl's layer of vector tiles, made to follow time. Its own (3.2.6) fails as soon as a number has times, because what
 * prepares a layer is not told the time; and what it prepared would stay that of one moment.
 */

import { VectorTileLayer } from "@kepler.gl/layers";

type Prepare = VectorTileLayer["formatLayerData"];
type Render = VectorTileLayer["renderLayer"];

export class TimedTileLayer extends VectorTileLayer {
  override formatLayerData(...[datasets, old, animation]: Parameters<Prepare>): ReturnType<Prepare> {
    return super.formatLayerData(datasets, old, animation ?? ({ currentTime: this.at(null) } as typeof animation));
  }

  override renderLayer(options: Parameters<Render>[0]): ReturnType<Render> {
    if (!this.config.animation.enabled) return super.renderLayer(options);
    const currentTime = this.at(options.animationConfig.currentTime ?? null);
    const now = this.getAttributeAccessors({
      dataAccessor: () => (datum: unknown) => datum,
      dataContainer: options.data.dataContainer,
      indexKey: currentTime,
    } as unknown as Parameters<VectorTileLayer["getAttributeAccessors"]>[0]);
    const animationConfig = { ...options.animationConfig, currentTime };
    return super.renderLayer({ ...options, animationConfig, data: { ...options.data, ...now } });
  }

  /** The last time that there are numbers of, or the first. */
  private at(time: number | null): number | null {
    const { timeSteps: steps = [] } = this.config.animation as { timeSteps?: number[] };
    return steps.findLast((step) => time !== null && step <= time) ?? steps[0] ?? null;
  }
}
