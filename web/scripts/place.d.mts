/** The folder of the built files. */
export function outDir(): string;
