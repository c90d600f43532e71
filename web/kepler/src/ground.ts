/**
 * Our own base maps: countries of Natural Earth on dark and on light ground, in the place of those from elsewhere. Nearer
 * than their coasts are true, the ground is plain.
 */

declare const COUNTRIES: string;

interface Shades {
  sea: string;
  land: string;
  border: string;
}

function ground(id: string, label: string, icon: string, colorMode: string, { sea, land, border }: Shades) {
  const countries = {
    type: "geojson",
    data: new URL(COUNTRIES, document.baseURI).href,
    attribution: "Natural Earth",
  };
  return {
    id,
    label,
    icon: new URL(`kepler/static/geodude/${icon}.png`, document.baseURI).href,
    colorMode,
    style: {
      version: 8,
      name: label,
      sources: { countries },
      // Named so that Kepler.gl's switches for water, land and borders find them.
      layers: [
        {
          id: "water",
          type: "background",
          paint: { "background-color": ["interpolate", ["linear"], ["zoom"], 9, sea, 11, land] },
        },
        { id: "landcover", type: "fill", source: "countries", paint: { "fill-color": land } },
        {
          id: "boundary",
          type: "line",
          source: "countries",
          paint: {
            "line-color": border,
            "line-width": 0.7,
            "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 1, 11, 0],
          },
        },
      ],
    },
  };
}

export const GROUNDS = [
  ground("dark", "Dark", "DARK", "DARK", { sea: "#11151c", land: "#1d232d", border: "#3a4454" }),
  ground("light", "Light", "LIGHT", "LIGHT", { sea: "#dde4ea", land: "#f6f6f4", border: "#b9c2cc" }),
];
