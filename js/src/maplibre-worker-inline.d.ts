/** The script for MapLibre's workers; js/build.js makes it. */
declare const script: string;
export default script;
