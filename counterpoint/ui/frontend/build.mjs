// Bundles scripts, styles, the icon sprite and the report fonts into the folder named by the first argument.
import * as esbuild from "esbuild";
import fs from "node:fs";
import path from "node:path";
import { icons } from "./src/icons.mjs";

const out = path.resolve(process.argv[2] ?? "dist");
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(path.join(out, "fonts"), { recursive: true });

const shared = { bundle: true, minify: true, metafile: true, logLevel: "warning", outdir: out, legalComments: "none" };

const scripts = await esbuild.build({
  ...shared,
  entryPoints: ["src/app.js", "src/kiosk.js", "src/proof.js"],
  splitting: true,
  format: "esm",
  target: "es2022",
  chunkNames: "chunks/[name]-[hash]",
});
const styles = await esbuild.build({ ...shared, entryPoints: ["src/styles.css", "src/rounds.css"], target: "chrome123" });

// The phone app of the rounds stands alone, so that its worker can keep every file of it.
const rounds = await esbuild.build({
  ...shared,
  entryPoints: ["src/rounds.js", "src/rounds-worker.js"],
  splitting: true,
  format: "esm",
  target: "es2022",
  chunkNames: "chunks/[name]-[hash]",
});
fs.copyFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", path.join(out, "zxing_reader.wasm"));
const parts = Object.keys(rounds.metafile.outputs).map((file) => path.relative(out, path.resolve(file)));
const files = [...parts.filter((file) => file !== "rounds-worker.js"), "rounds.css", "styles.css", "icons.svg", "favicon.svg", "manifest-icon.svg", "zxing_reader.wasm"];
fs.writeFileSync(path.join(out, "rounds.json"), JSON.stringify(files, null, 1));

// One symbol an icon; only the shapes that pages use leave the package.
const symbol = (name) => {
  const svg = fs.readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const shapes = body.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
};
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${icons.map(symbol).join("")}</svg>`;
fs.writeFileSync(path.join(out, "icons.svg"), sprite);

for (const [folder, weight] of [["400Regular", "400Regular"], ["700Bold", "700Bold"]]) {
  const file = `NotoSansSC_${weight}.ttf`;
  fs.copyFileSync(`node_modules/@expo-google-fonts/noto-sans-sc/${folder}/${file}`, path.join(out, "fonts", file));
}
fs.copyFileSync("node_modules/@expo-google-fonts/noto-sans-sc/LICENSE_FONT", path.join(out, "fonts", "LICENSE"));
for (const file of ["favicon.svg", "manifest-icon.svg"]) fs.copyFileSync(`src/${file}`, path.join(out, file));

const sizes = {};
for (const built of [scripts, styles, rounds])
  for (const [file, { bytes }] of Object.entries(built.metafile.outputs)) sizes[path.relative(out, path.resolve(file))] = bytes;
fs.writeFileSync(path.join(out, "sizes.json"), JSON.stringify(sizes, null, 1));
