import { register } from "node:module";

/** Node 20 wants to be told what a JSON file is; the parser's own files do not say. */
const JSON_HOOK = `export const load = (url, context, next) =>
  next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);`;

/** What GitHub's own parser has to say against a workflow. */
export async function workflowErrors(name: string, content: string): Promise<string[]> {
  register(`data:text/javascript,${encodeURIComponent(JSON_HOOK)}`);
  const { NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow } =
    await import("@actions/workflow-parser");
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const errors = context.errors.getErrors().map(({ message }) => message);
  if (!value || errors.length > 0) return errors;
  const template = await convertWorkflowTemplate(context, value);
  return [...(template.errors ?? []), ...context.errors.getErrors()].map((error) =>
    "Message" in error ? error.Message : error.message,
  );
}
