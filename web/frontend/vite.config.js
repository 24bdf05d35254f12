import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { constants, brotliCompressSync, gzipSync } from "node:zlib";

/** Lays `name.br` and `name.gz` beside every text of the build, so that the station never compresses anything while it plays. */
const compressedBeforehand = {
  name: "compressed-beforehand",
  apply: "build",
  async writeBundle({ dir }) {
    for (const name of await readdir(dir, { recursive: true })) {
      if (!/\.(js|css|svg|webmanifest)$/.test(name)) continue;
      const path = join(dir, name);
      const text = await readFile(path);
      if (text.length < 1024) continue;
      await writeFile(`${path}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
    }
  },
};

export default {
  base: "/static/",
  plugins: [compressedBeforehand],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: { input: { account: "src/account.ts", docs: "src/docs.ts", dj: "src/dj.ts", outs: "src/outs.ts", player: "src/player.ts", studio: "src/studio.ts" } },
  },
};
