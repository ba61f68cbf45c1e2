import { chromium } from "playwright-core";
const b = await chromium.launch({
  executablePath: "/tmp/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const p = await b.newPage({ viewport: { width: 320, height: 640 } });
await p.goto(process.argv[2]!);
console.log(
  await p.evaluate(
    `[...document.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > 320.5).map(e => e.tagName + "." + e.className + " " + e.getBoundingClientRect().right).slice(0, 20).join("\\n")`,
  ),
);
console.log(await p.evaluate(`document.querySelector(".site-header")?.outerHTML`));
await b.close();
