// Bundles every entry of this folder into ../static, or only those that are named: node build.mjs [map …]
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = join(here, "..", "static");
const only = process.argv.slice(2);
mkdirSync(out, { recursive: true });

const entries = readdirSync(here)
  .filter((name) => /\.(js|css)$/.test(name) && (!only.length || only.includes(name.replace(/\.\w+$/, ""))))
  .sort();
const made = await build({
  absWorkingDir: here,
  entryPoints: entries,
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome110", "firefox115", "safari16"],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
copyFileSync(join(here, "icon.svg"), join(out, "icon.svg"));

// What each asset was made of, so that a test knows without Node whether it is made of what stands here.
const manifestPath = join(out, "manifest.json");
let manifest = {};
try {
  manifest = JSON.parse(readFileSync(manifestPath, "utf8"));
} catch {
  // the first time
}
const digest = (path) => createHash("sha256").update(readFileSync(join(here, path))).digest("hex");
const packages = new Set();
for (const [name, held] of Object.entries(made.metafile.outputs)) {
  const own = {};
  const from = new Set();
  for (const input of Object.keys(held.inputs)) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) from.add(found[1]);
    else own[input.split(sep).join("/")] = digest(input);
  }
  for (const one of from) packages.add(one);
  manifest[relative(out, join(here, name))] = { sources: own, packages: [...from].sort().map((one) => `${one}@${version(one)}`) };
}
function version(name) {
  return JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8")).version;
}
const kept = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(manifestPath, JSON.stringify(kept, null, 1) + "\n");

// The licences of all packages in any asset.
const all = [...new Set(Object.values(kept).flatMap((one) => one.packages))].sort();
const texts = all.map((one) => {
  const name = one.slice(0, one.lastIndexOf("@"));
  const root = join(here, "node_modules", name);
  const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const file = readdirSync(root).find((entry) => /^licen[sc]e/i.test(entry));
  const source = (about.repository?.url || about.repository || about.homepage || "").replace(/^git\+/, "");
  return `${one}\n${about.license}\n${source}\n\n${file ? readFileSync(join(root, file), "utf8").trim() : ""}\n`;
});
writeFileSync(join(out, "LICENSES.txt"), "What the bundled assets hold of others, each under its own licence.\n\n" + texts.join("\n" + "-".repeat(80) + "\n\n"));
