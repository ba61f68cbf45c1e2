import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ["html-validate:recommended", "html-validate:a11y"],
    rules: {
      // As the HTML standard itself writes it.
      "doctype-style": ["error", { style: "lowercase" }],
      // A title holds the names of a registry and of a tag, which may be long.
      "long-title": "off",
      // A README's heading becomes an identifier in its own language.
      "valid-id": ["error", { relaxed: true }],
    },
  }),
);

/** What is wrong with the HTML of a page, each with its line. */
export async function htmlComplaints(page: string, html: string): Promise<string[]> {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, line, message }) => `${page}:${line}: ${message} [${ruleId}]`),
  );
}
