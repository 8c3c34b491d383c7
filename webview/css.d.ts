/** Style sheets are bundled by esbuild, for their effect only. */
declare module '*.css';
