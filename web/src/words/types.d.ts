// Keys of the catalogues are types: a word that English does not have is an error.
import "i18next";
import type admin from "./en/admin.json";
import type ask from "./en/ask.json";
import type common from "./en/common.json";
import type library from "./en/library.json";
import type reader from "./en/reader.json";
import type search from "./en/search.json";
import type signIn from "./en/sign-in.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    keySeparator: false;
    resources: {
      admin: typeof admin;
      ask: typeof ask;
      common: typeof common;
      library: typeof library;
      reader: typeof reader;
      search: typeof search;
      "sign-in": typeof signIn;
    };
  }
}
