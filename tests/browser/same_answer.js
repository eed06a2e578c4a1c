/* Asks the server and the phone one question; gives what each shows, without what only the writing differs in. */
async ({ lat, lon, chosen, k }) => {
  const LISTS = "ol.list, section[aria-labelledby=near] ul.list, details.far ul";
  const HEADS = "h1, main h2, details.far summary";

  /* attributes in one order, numbers as one program writes them */
  const alike = (element) => {
    const { point } = element.dataset;
    if (point) element.dataset.point = point.split(",").map(Number).join();
    const found = [...element.attributes].map(({ name, value }) => [name, value]).sort();
    for (const [name] of found) element.removeAttribute(name);
    for (const [name, value] of found) element.setAttribute(name, value);
  };

  const shown = (root) => {
    const lists = [...root.querySelectorAll(LISTS)].map((list) => {
      const copy = list.cloneNode(true);
      copy.querySelectorAll("*").forEach(alike);
      return copy.outerHTML.replace(/>\s+/g, ">").replace(/\s+</g, "<").replace(/\s+/g, " ");
    });
    const heads = [...root.querySelectorAll(HEADS)].map((head) => head.textContent.trim());
    return [...lists, ...heads.filter((text) => !root.querySelector(".map") || text !== root.querySelector(".map h2").textContent)];
  };

  const form = new URLSearchParams({ lat, lon, k });
  for (const name of Object.keys(chosen))
    for (const value of [].concat(chosen[name])) form.append(name, value === true ? "1" : value);
  const answer = await fetch("search", { method: "POST", body: form });
  const theirs = new DOMParser().parseFromString(await answer.text(), "text/html");

  const none = { topic: [], kind: [], group: [], language: [], access: [], free: false, open: false, verified: false };
  if (!window.ours) {
    const data = await (await fetch("near.json")).json();
    window.ours = Near.board(await Near.parts(), Near.directory(data));
  }
  const oblast = Near.oblastAt(await Near.places(), lat, lon);
  window.ours.show({ lat, lon, oblast, accuracy: 10, k, chosen: Object.assign(none, chosen) });
  return [shown(theirs), shown(document)];
}
