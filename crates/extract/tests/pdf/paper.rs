//! A writer of small PDF files: pages with lines of text in one font, and nothing else.

use std::fmt::Write;

/// A page of US Letter size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet(String);

impl Sheet {
    /// A line of text with its baseline's left end at a place, in points from the lower left corner.
    pub(crate) fn text(mut self, x: f32, y: f32, size: f32, text: &str) -> Self {
        let text = text
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        writeln!(self.0, "BT /F {size} Tf {x} {y} Td ({text}) Tj ET").unwrap();
        self
    }

    /// Operators as they are.
    pub(crate) fn raw(mut self, operators: &str) -> Self {
        self.0.push_str(operators);
        self
    }
}

/// A file of such pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paper {
    sheets: Vec<Sheet>,
    forms: usize,
}

impl Paper {
    /// One page more.
    pub(crate) fn with(mut self, sheet: Sheet) -> Self {
        self.sheets.push(sheet);
        self
    }

    /// Forms that each draw the next twice, so that the last, with one letter, is drawn 2^depth times.
    pub(crate) fn with_form_bomb(mut self, depth: usize) -> Self {
        self.forms = depth;
        self
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        // Objects 1 and 2 are the catalog and the page tree, 3 the font, then the forms, then the
        // pages, each before its content.
        let first_form = 4;
        let first_page = first_form + self.forms;
        let kids: Vec<String> = (0..self.sheets.len())
            .map(|index| format!("{} 0 R", first_page + 2 * index))
            .collect();
        let widths = vec!["600"; 224].join(" ");
        let mut objects = vec![
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            format!(
                "<</Type/Pages/Count {}/Kids[{}]>>",
                kids.len(),
                kids.join(" ")
            ),
            format!(
                "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding\
                 /FirstChar 32/LastChar 255/Widths[{widths}]>>"
            ),
        ];
        for index in 0..self.forms {
            let is_last = index + 1 == self.forms;
            let content = if is_last {
                "BT /F 9 Tf 72 72 Td (x) Tj ET"
            } else {
                "/N Do /N Do"
            };
            let next = first_form + index + 1;
            let next = if is_last {
                String::new()
            } else {
                format!("/XObject<</N {next} 0 R>>")
            };
            objects.push(format!(
                "<</Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>{next}>>\
                 /Length {}>>stream\n{content}\nendstream",
                content.len()
            ));
        }
        let bomb = if self.forms > 0 {
            format!("/XObject<</Bomb {first_form} 0 R>>")
        } else {
            String::new()
        };
        for (index, sheet) in self.sheets.iter().enumerate() {
            let content = first_page + 2 * index + 1;
            objects.push(format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {content} 0 R\
                 /Resources<</Font<</F 3 0 R>>{bomb}>>>>"
            ));
            objects.push(format!(
                "<</Length {}>>stream\n{}\nendstream",
                sheet.0.len(),
                sheet.0
            ));
        }
        file(&objects)
    }
}

fn file(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (index, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        writeln!(file, "{} 0 obj\n{object}\nendobj", index + 1).unwrap();
    }
    let (start, count) = (file.len(), objects.len() + 1);
    let trailer = format!("trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    write!(file, "xref\n0 {count}\n{table}{trailer}").unwrap();
    file.into_bytes()
}
