import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: process.env.BIMA_SDL ?? "../../schema/sdl/tanzania-chf.graphql",
  documents: ["src/**/*.ts", "!src/gql/**/*"],
  emitLegacyCommonJSImports: false,
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        // Documents are plain texts, so that no GraphQL library runs in the browser.
        documentMode: "string",
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        // Amounts and decimals are texts: a JavaScript number would round them.
        scalars: { Date: "string", DateTime: "string", Decimal: "string", Money: "string", JSON: "unknown" },
      },
    },
  },
};

export default config;
