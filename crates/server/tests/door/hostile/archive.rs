//! A writer of zip archives that may lie and explode, and of deflated streams that inflate to any size
//! without anybody ever holding what they inflate to.

use flate2::{Compress, Compression, FlushCompress};

/// What one block of a bomb inflates to, in bytes.
const BLOCK_BYTES: usize = 1 << 20;

/// Bytes that a deflated block of [`BLOCK_BYTES`] equal bytes never reaches.
const BLOCK_PACKED_BYTES_MAX: usize = 16 << 10;

/// Modulus of the Adler-32 sum that ends a zlib stream.
const ADLER_MODULUS: u64 = 65_521;

/// A raw deflate stream: `head`, then `blocks` mebibytes of `filler`.
pub(super) fn bomb(head: &[u8], filler: u8, blocks: usize) -> Vec<u8> {
    let mut stream = deflated_block(head);
    let block = deflated_block(&vec![filler; BLOCK_BYTES]);
    for _ in 0..blocks {
        stream.extend_from_slice(&block);
    }
    // The last block, which is empty: final, of fixed codes, and its end.
    stream.extend_from_slice(&[0x03, 0x00]);
    stream
}

/// The same as a zlib stream, as PDF files hold them.
pub(super) fn zlib_bomb(head: &[u8], filler: u8, blocks: usize) -> Vec<u8> {
    let mut stream = vec![0x78, 0x9C];
    stream.extend(bomb(head, filler, blocks));
    stream.extend(adler(head, filler, blocks).to_be_bytes());
    stream
}

/// Deflates bytes into blocks that need nothing of what stands before or after them.
fn deflated_block(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(BLOCK_PACKED_BYTES_MAX);
    Compress::new(Compression::best(), false)
        .compress_vec(bytes, &mut packed, FlushCompress::Full)
        .unwrap();
    packed
}

fn adler(head: &[u8], filler: u8, blocks: usize) -> u32 {
    let (mut low, mut high) = (1_u64, 0_u64);
    for byte in head {
        low = (low + u64::from(*byte)) % ADLER_MODULUS;
        high = (high + low) % ADLER_MODULUS;
    }
    // A run of n equal bytes b adds n*low + b*n*(n+1)/2 to the high sum and n*b to the low one.
    let (run, filler) = (BLOCK_BYTES as u64, u64::from(filler));
    for _ in 0..blocks {
        high = (high + run * low + filler * (run * (run + 1) / 2)) % ADLER_MODULUS;
        low = (low + run * filler) % ADLER_MODULUS;
    }
    u32::try_from(high << 16 | low).unwrap()
}

/// One member of an archive.
#[derive(Clone, Debug, Default)]
struct Member {
    name: String,
    packed: Vec<u8>,
    /// 8 for deflated, 0 for stored.
    method: u16,
    /// Bit 0 for encrypted.
    flags: u16,
    /// The size it claims to unpack to.
    claimed: u32,
    checksum: u32,
}

/// An archive being written.
#[derive(Clone, Debug, Default)]
pub(super) struct Archive(Vec<Member>);

impl Archive {
    /// A member as it is.
    pub(super) fn with(mut self, name: &str, bytes: &[u8]) -> Self {
        let mut checksum = flate2::Crc::new();
        checksum.update(bytes);
        self.0.push(Member {
            name: name.to_owned(),
            packed: bytes.to_vec(),
            claimed: u32::try_from(bytes.len()).unwrap(),
            checksum: checksum.sum(),
            ..Member::default()
        });
        self
    }

    /// A member that is a deflate stream, and claims to unpack to so many bytes.
    pub(super) fn with_deflated(mut self, name: &str, packed: Vec<u8>, claimed: u32) -> Self {
        self.0.push(Member {
            name: name.to_owned(),
            packed,
            method: 8,
            claimed,
            ..Member::default()
        });
        self
    }

    /// The same with every member behind a password.
    pub(super) fn locked(mut self) -> Self {
        self.0.iter_mut().for_each(|member| member.flags = 1);
        self
    }

    /// The file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        for member in &self.0 {
            let offset = u32::try_from(file.len()).unwrap();
            let common = common(member);
            file.extend(b"PK\x03\x04");
            file.extend(&common);
            file.extend(member.name.as_bytes());
            file.extend(&member.packed);
            directory.extend(b"PK\x01\x02\x14\x00");
            directory.extend(&common);
            // No comment, first disk, no attributes.
            directory.extend([0; 10]);
            directory.extend(offset.to_le_bytes());
            directory.extend(member.name.as_bytes());
        }
        let start = u32::try_from(file.len()).unwrap();
        let count = u16::try_from(self.0.len()).unwrap().to_le_bytes();
        let size = u32::try_from(directory.len()).unwrap();
        file.extend(&directory);
        file.extend(b"PK\x05\x06\x00\x00\x00\x00");
        file.extend([count, count].concat());
        file.extend(size.to_le_bytes());
        file.extend(start.to_le_bytes());
        file.extend([0, 0]);
        file
    }
}

/// The fields that a member's header and its line in the directory share.
fn common(member: &Member) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(20_u16.to_le_bytes());
    bytes.extend(member.flags.to_le_bytes());
    bytes.extend(member.method.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(member.checksum.to_le_bytes());
    bytes.extend(u32::try_from(member.packed.len()).unwrap().to_le_bytes());
    bytes.extend(member.claimed.to_le_bytes());
    bytes.extend(u16::try_from(member.name.len()).unwrap().to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

/// The parts of a DOCX file beside its body.
pub(super) fn docx() -> Archive {
    Archive::default()
        .with(
            "[Content_Types].xml",
            br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#,
        )
        .with(
            "_rels/.rels",
            br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#,
        )
}

/// A DOCX file with this in its body.
pub(super) fn docx_with(prologue: &str, body: &str) -> Vec<u8> {
    docx()
        .with("word/document.xml", document(prologue, body).as_bytes())
        .bytes()
}

/// The part that holds a DOCX file's text.
pub(super) fn document(prologue: &str, body: &str) -> String {
    format!(
        "{prologue}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body>{body}</w:body></w:document>"
    )
}

/// The parts of an EPUB file beside its one chapter, `c.xhtml`.
pub(super) fn epub() -> Archive {
    Archive::default()
        .with("mimetype", b"application/epub+zip")
        .with(
            "META-INF/container.xml",
            br#"<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"#,
        )
        .with(
            "p.opf",
            br#"<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine></package>"#,
        )
}
