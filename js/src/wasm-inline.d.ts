/** The module in base64; js/build.js makes it. */
declare const base64: string;
export default base64;
