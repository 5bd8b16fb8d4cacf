// Measures xterm.js: COLS ROWS FILE. Prints bytes and nanoseconds.
const fs = require('fs');
const { Terminal } = require('@xterm/headless');

const chunk = 16 << 10;
const warmUp = 1 << 20;
const minTime = 300000000n;

async function feed(term, data) {
  let done;
  for (let i = 0; i < data.length; i += chunk) {
    const piece = data.subarray(i, i + chunk);
    done = new Promise(resolve => term.write(piece, resolve));
    if ((i / chunk) % 64 === 63) await done; // it refuses more than 50 MB that wait
  }
  await done;
}

async function main() {
  const [cols, rows, file] = process.argv.slice(2);
  const data = fs.readFileSync(file);
  const term = new Terminal({ cols: +cols, rows: +rows, scrollback: 0, allowProposedApi: true });
  await feed(term, data.subarray(0, warmUp));
  const start = process.hrtime.bigint();
  let bytes = 0;
  do {
    await feed(term, data);
    bytes += data.length;
  } while (process.hrtime.bigint() - start < minTime);
  console.log(bytes, Number(process.hrtime.bigint() - start));
}

main();
