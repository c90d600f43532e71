declare module "*?url" {
  const address: string;
  export default address;
}
declare module "*.css";

/** The shipped ground, from `pyramid.js`. */
declare module "virtual:ground" {
  /** Addresses of its packs. */
  export const FAR: string;
  export const NEAR: string;
  /** The deepest zoom of the first, and of both. */
  export const SPLIT: number;
  export const DEEPEST: number;
}
