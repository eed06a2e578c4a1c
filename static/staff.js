/* Says when what an act changed is public, without loading the page again. */
(function () {
  "use strict";
  var strip = document.querySelector("[data-publishing]");
  if (!strip || !window.fetch) { return; }
  var tries = 0;
  function say(text) {
    var line = document.createElement("p");
    line.className = "in";
    line.textContent = text;
    strip.replaceChildren(line);
  }
  function look() {
    tries += 1;
    fetch(strip.dataset.publishing, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
      return answer.json();
    }).then(function (state) {
      if (state.failed) { strip.classList.add("wrong-bar"); say(state.failed); }
      else if (!state.behind) { say(strip.dataset.done); }
      else { window.setTimeout(look, tries < 20 ? 500 : 3000); }
    }).catch(function () { if (tries < 200) { window.setTimeout(look, 3000); } });
  }
  window.setTimeout(look, 500);
})();

/* Says how far a piece of work is, and goes on when it is over. */
(function () {
  "use strict";
  var panel = document.querySelector("[data-poll]");
  if (!panel || !window.fetch) { return; }
  var words = panel.querySelector(".poll-words");
  var bar = panel.querySelector("progress");
  function look() {
    fetch(panel.dataset.poll, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
      return answer.json();
    }).then(function (state) {
      if (state.over || state.fault) { window.location.replace(panel.dataset.then); return; }
      if (words.textContent !== state.words) { words.textContent = state.words; }
      bar.value = state.percent;
      window.setTimeout(look, 500);
    }).catch(function () { window.setTimeout(look, 3000); });
  }
  window.setTimeout(look, 400);
})();

/* Whoever types is there: the session does not end for idleness in the middle of a form. */
(function () {
  "use strict";
  var alive = document.body.dataset.alive;
  if (!alive || !window.fetch) { return; }
  var last = Date.now();
  document.addEventListener("input", function () {
    if (Date.now() - last < 240000) { return; }
    last = Date.now();
    fetch(alive, { credentials: "same-origin", redirect: "error" }).catch(function () {});
  });
})();

/* On a phone the way that one is on stands in sight. */
(function () {
  "use strict";
  var here = document.querySelector(".ways [aria-current]");
  if (here) { here.parentNode.scrollLeft = here.offsetLeft - here.parentNode.offsetLeft - 60; }
})();
