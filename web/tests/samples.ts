/** Files that the tests make themselves, of formats of which no real file lies at hand. */
import { crc32 } from "node:zlib";

export interface Sample {
  readonly name: string;
  readonly buffer: Buffer;
  readonly mimeType: string;
}

function sample(name: string, buffer: Buffer): Sample {
  return { name, buffer, mimeType: "application/octet-stream" };
}

/** A grey square in a page of a PDF, as a scan is one. */
const PICTURE = "q 400 0 0 400 72 200 cm BI /W 2 /H 2 /CS /G /BPC 8 /F /AHx ID 0055AAFF> EI Q";

export const made = {
  /** Begins as a PDF does, and breaks off. */
  broken: sample(
    "broken.pdf",
    Buffer.from("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\n"),
  ),
  zip: sample("boats.zip", zip({ "boats.txt": "Sixty-three boats." })),
  /** Two pages, of which the second is a picture. */
  halfScanned: sample(
    "half-scanned.pdf",
    pdf(["BT /F 18 Tf 72 700 Td (The ferry to Tern was stopped in 1929.) Tj ET", PICTURE]),
  ),
  text: (name: string, content: string) => sample(name, Buffer.from(content)),
  latin: sample("fähre.txt", Buffer.from("Der Käse über dem Öl der Fähre. ".repeat(8), "latin1")),
  utf16: sample(
    "сельдь.txt",
    Buffer.from("\ufeffСельдь солили в длинном доме у причала.\n", "utf16le"),
  ),
  rtf: sample(
    "ferry.rtf",
    Buffer.from(
      String.raw`{\rtf1\ansi{\fonttbl{\f0 Times;}}\f0 The {\b ferry} crosses to the island of Tern twice a day.\par}`,
    ),
  ),
  ods: sample(
    "herring.ods",
    zip({
      mimetype: "application/vnd.oasis.opendocument.spreadsheet",
      "META-INF/manifest.xml": `<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>`,
      "content.xml": `<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Fish"><table:table-row><table:table-cell office:value-type="string"><text:p>What</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Barrels</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="string"><text:p>Herring in the long hall</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="63"><text:p>63</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`,
    }),
  ),
} as const;

/** A ZIP archive whose files are stored as they are. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const index: Buffer[] = [];
  let at = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path);
    const body = Buffer.from(content);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(body), 10);
    about.writeUInt32LE(body.length, 14);
    about.writeUInt32LE(body.length, 18);
    about.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), about, name, body]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    index.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0"), about, entry, name]));
    parts.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(index.length, 4);
  end.writeUInt16LE(index.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, directory, Buffer.from("PK\x05\x06"), end]);
}

/** A PDF whose pages draw these. */
function pdf(pages: readonly string[]): Buffer {
  const first = 4;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${first + 2 * at} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((drawn, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents ${first + 2 * at + 1} 0 R >>`,
      `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    ]),
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${places.join("")}`;
  return Buffer.from(
    `${text}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    "latin1",
  );
}
