// Remembers by which protocol somebody pulls, for every page. Without this script the choice is made anew on each.
const KEY = "stowage.way";

const remembered = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing.
    return null;
  }
};

const remember = (way) => {
  try {
    localStorage.setItem(KEY, way);
  } catch {
    // As above.
  }
};

for (const picker of document.querySelectorAll("[data-picker]")) {
  const radios = [...picker.querySelectorAll("input")];
  const panels = [...picker.querySelectorAll("[data-way]")];
  const [first] = panels;
  // The chosen command comes first in the page, which is the one that a key copies.
  const show = (way) => {
    const panel = panels.find(({ dataset }) => dataset.way === way);
    if (panel) first.parentNode.prepend(panel);
  };
  // A way that this image does not have leaves the best one.
  const known = radios.find(({ value }) => value === remembered());
  if (known) known.checked = true;
  show(radios.find(({ checked }) => checked)?.value);
  picker.addEventListener("change", ({ target }) => {
    remember(target.value);
    show(target.value);
  });
}
