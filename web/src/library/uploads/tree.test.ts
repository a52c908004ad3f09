import { describe, expect, it } from "vitest";
import { chosen, dropped, isOfTheSystem } from "./tree";

type Tree = { readonly [name: string]: string | Tree };

/** What a browser gives for a dropped folder: entries in pieces, at most two at a time here. */
function entry(name: string, what: string | Tree): FileSystemEntry {
  if (typeof what === "string") {
    const file = (done: (file: File) => void, fail: (error: Error) => void) =>
      what === "locked" ? fail(new Error(what)) : done(new File([what], name));
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const rest = Object.entries(what).map(([child, inside]) => entry(child, inside));
    return { readEntries: (done: (piece: FileSystemEntry[]) => void) => done(rest.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

async function paths(tree: Tree): Promise<string[]> {
  const items = Object.entries(tree).map(([name, what]) => ({
    kind: "file",
    webkitGetAsEntry: () => entry(name, what),
  }));
  const found: string[] = [];
  for await (const { path } of dropped({ items } as unknown as DataTransfer)) found.push(path);
  return found;
}

describe("what was dropped", () => {
  it("is looked through to its ground, in however many pieces it comes", async () => {
    const tree = {
      books: { "a.pdf": "1", "b.pdf": "2", more: { "c.pdf": "3" }, "d.pdf": "4" },
      "e.md": "5",
    };
    expect(await paths(tree)).toEqual([
      "books/a.pdf",
      "books/b.pdf",
      "books/more/c.pdf",
      "books/d.pdf",
      "e.md",
    ]);
  });

  it("leaves out what cannot be read and what a system leaves behind", async () => {
    const tree = {
      books: { ".DS_Store": "x", "a.pdf": "locked", __MACOSX: { "b.pdf": "1" }, "c.pdf": "1" },
    };
    expect(await paths(tree)).toEqual(["books/c.pdf"]);
  });

  it("does not go round in circles", async () => {
    const circle: Record<string, Tree | string> = { "a.txt": "1" };
    circle.again = circle as Tree;
    expect((await paths({ circle: circle as Tree })).length).toBeLessThan(40);
  });
});

describe("what was chosen", () => {
  it("bears its way in its folder", () => {
    const file = new File(["1"], "a.pdf");
    Object.defineProperty(file, "webkitRelativePath", { value: "books/a.pdf" });
    expect([...chosen([file])].map(({ path }) => path)).toEqual(["books/a.pdf"]);
  });

  it.each([
    ["books/.git/config", true],
    ["Thumbs.db", true],
    ["books/Thumbs.dba", false],
    ["a.b/c.d", false],
  ])("%s is of the system: %s", (path, expected) => {
    expect(isOfTheSystem(path)).toBe(expected);
  });
});
