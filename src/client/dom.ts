type Child = Node | string | undefined;

/** An element with its children; text stays text. */
export function element(name: string, className: string, ...children: readonly Child[]): HTMLElement {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A section with a heading. */
export function section(title: string, ...children: readonly Child[]): HTMLElement {
  return element("section", "", element("h2", "", title), ...children);
}

/** Names and what is known of them. */
export function facts(pairs: Iterable<readonly [name: string, value: string]>): HTMLElement {
  const rows = [...pairs].map(([name, value]) =>
    element("div", "", element("dt", "", name), element("dd", "", value)),
  );
  return element("dl", "facts", ...rows);
}

/** A text that can be scrolled from the keyboard. */
export function textBlock(text: string, label: string): HTMLElement {
  const block = element("pre", "", element("code", "", text));
  block.tabIndex = 0;
  block.setAttribute("role", "group");
  block.setAttribute("aria-label", label);
  return block;
}

/** The element that a page has under this id. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${id}`);
}
