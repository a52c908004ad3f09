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

export const made = {
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
