// Answers lines of JSON: {"lon", "lat"} makes an index; {"index", "points"} asks it. Times are those inside node.
import readline from "node:readline";
import KDBush from "kdbush";
import { around } from "geokdbush";

const indexes = [];
for await (const line of readline.createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.lon) {
    const index = new KDBush(asked.lon.length);
    asked.lon.forEach((lon, i) => index.add(lon, asked.lat[i]));
    index.finish();
    indexes.push(index);
    console.log(indexes.length - 1);
    continue;
  }
  const us = [], found = [];
  for (const [lon, lat] of asked.points) {
    const begun = process.hrtime.bigint();
    const near = around(indexes[asked.index], lon, lat, asked.k);
    us.push(Number(process.hrtime.bigint() - begun) / 1000);
    found.push(near);
  }
  console.log(JSON.stringify({ us, found }));
}
