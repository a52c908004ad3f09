//! A writer of PDF files, sound and hostile.

/// The object that is the font of most pages.
const FONT: usize = 3;

/// A PDF file being written, object by object; object 1 has to be the catalog.
#[derive(Clone, Debug, Default)]
pub(super) struct Paper {
    objects: Vec<Vec<u8>>,
    /// More of the trailer.
    trailer: String,
}

impl Paper {
    /// The catalog, the page tree for so many pages, and a font, which are objects 1 to 3. Pages
    /// follow as objects of their own, from number 4 on, each before its content.
    pub(super) fn with_pages(pages: usize) -> Self {
        let kids: Vec<String> = (0..pages)
            .map(|page| format!("{} 0 R", 4 + 2 * page))
            .collect();
        Self::default()
            .object("<</Type/Catalog/Pages 2 0 R>>")
            .object(&format!(
                "<</Type/Pages/Count {pages}/Kids[{}]>>",
                kids.join(" ")
            ))
            .object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    }

    /// One object more.
    pub(super) fn object(mut self, text: &str) -> Self {
        self.objects.push(text.as_bytes().to_vec());
        self
    }

    /// One stream more.
    pub(super) fn stream(mut self, entries: &str, bytes: &[u8]) -> Self {
        let mut object = format!("<<{entries}/Length {}>>\nstream\n", bytes.len()).into_bytes();
        object.extend_from_slice(bytes);
        object.extend_from_slice(b"\nendstream");
        self.objects.push(object);
        self
    }

    /// A page whose content is this.
    pub(super) fn page(self, content: &str) -> Self {
        self.page_of("", content.as_bytes())
    }

    /// A page whose content is this, with entries for its stream.
    pub(super) fn page_of(self, entries: &str, content: &[u8]) -> Self {
        self.sheet(FONT).stream(entries, content)
    }

    /// A page whose content is this, in the font that is the object of this number.
    pub(super) fn page_in(self, font: usize, content: &str) -> Self {
        self.sheet(font).stream("", content.as_bytes())
    }

    /// A page whose content is the next object.
    fn sheet(self, font: usize) -> Self {
        let next = self.objects.len() + 2;
        self.object(&format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {next} 0 R\
             /Resources<</Font<</F {font} 0 R>>>>>>"
        ))
    }

    /// Entries of the trailer.
    pub(super) fn trailer(mut self, entries: &str) -> Self {
        self.trailer.push_str(entries);
        self
    }

    /// The file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n".to_vec();
        let mut offsets = Vec::new();
        for (index, object) in self.objects.iter().enumerate() {
            offsets.push(file.len());
            file.extend(format!("{} 0 obj\n", index + 1).into_bytes());
            file.extend_from_slice(object);
            file.extend_from_slice(b"\nendobj\n");
        }
        let start = file.len();
        let size = self.objects.len() + 1;
        file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").into_bytes());
        for offset in offsets {
            file.extend(format!("{offset:010} 00000 n \n").into_bytes());
        }
        file.extend(
            format!(
                "trailer\n<</Size {size}/Root 1 0 R{}>>\nstartxref\n{start}\n%%EOF\n",
                self.trailer
            )
            .into_bytes(),
        );
        file
    }
}

/// A line of text for a page's content.
pub(super) fn line(text: &str) -> String {
    format!("BT /F 12 Tf 72 720 Td ({text}) Tj ET\n")
}

/// Entries of a trailer, and the object they name, that lock a file with a password nobody knows.
pub(super) fn lock(paper: Paper) -> Paper {
    let number = paper.objects.len() + 1;
    let secret = "5a".repeat(32);
    paper
        .object(&format!(
            "<</Filter/Standard/V 1/R 2/Length 40/P -4/O <{secret}>/U <{secret}>>>"
        ))
        .trailer(&format!(
            "/Encrypt {number} 0 R/ID[<{0}><{0}>]",
            "11".repeat(16)
        ))
}
