// Before every test: the words in English, and nothing left over of the test before.
import { cleanup } from "@testing-library/react";
import { afterEach, beforeAll } from "vitest";
import { prepare } from "@/words/words";

beforeAll(() => prepare("en"));
afterEach(() => {
  cleanup();
  localStorage.clear();
});
