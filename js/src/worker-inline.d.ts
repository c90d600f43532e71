/** The script of the worker, which needs no other file; js/build.js makes it. */
declare const script: string;
export default script;
