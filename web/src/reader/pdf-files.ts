/** Where the files lie that pdf.js may need for some PDFs: tables of characters, fonts, decoders. */
export const fileUrls: ReadonlyMap<string, string> = new Map(
  Object.entries(
    import.meta.glob<string>(
      [
        "/node_modules/pdfjs-dist/cmaps/*.bcmap",
        "/node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}",
        "/node_modules/pdfjs-dist/wasm/{jbig2,openjpeg,qcms_bg}.wasm",
      ],
      { query: "?url", import: "default", eager: true },
    ),
  ).map(([path, url]) => [path.slice(path.lastIndexOf("/") + 1), url]),
);
