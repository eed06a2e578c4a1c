/* Letters of Kyrgyz and Russian folded for searching: the same tables and the same results as legalmap/letters.py. */
(function () {
  "use strict";
  const Near = (window.Near = window.Near || {});

  /* Unicode's classes came to browsers later than the rest of this file: an old phone knows the letters of Europe. */
  const classes = () => {
    try {
      return new RegExp("\\p{L}", "u") && ["\\p{L}\\p{Nl}\\p{No}", "\\p{L}\\p{N}"];
    } catch (fault) {
      const letters = "A-Za-zª²³µ¹º¼-¾À-ÖØ-öø-ˁͰ-ͽͿ-ϿЀ-ҁҊ-֏";
      return [letters, letters + "0-9"];
    }
  };

  const settled = (step) => (text) => {
    for (;;) {
      const changed = step(text);
      if (changed === text) return text;
      text = changed;
    }
  };

  const translated = (table) => (text) => {
    let changed = "";
    for (const letter of text) changed += letter in table ? table[letter] : letter;
    return changed;
  };

  const respelled = (spellings) => {
    const rules = spellings.map(([spelling, plain]) => [new RegExp(spelling, "g"), plain]);
    return (key) => rules.reduce((text, [spelling, plain]) => text.replace(spelling, plain), key);
  };

  Near.letters = (tables) => {
    const marks = tables.characters;
    const [letter, alphanumeric] = classes();
    const all = (source) => new RegExp(source, "gu");
    const invisible = all("[" + marks.invisible + "]");
    const spaces = all("[" + marks.spaces + "]");
    const word = all("[" + letter + "]+");
    const inWord = all("([" + letter + "])[" + marks.apostrophes + "]+(?=[" + letter + "])");
    /* \s of Python knows U+0085 too */
    const separators = all("[" + marks.separators.replace("\\s", "\\s\\x85") + "]+");
    const others = all("[^" + alphanumeric + "]");
    const lookAlikes = translated(tables.look_alikes);
    const twins = translated(tables.twins);
    const folds = translated(tables.folds);
    const latin = translated(tables.latin);
    const latinSpelled = respelled(tables.latin_spellings);
    const soundSpelled = respelled(tables.sound_spellings);
    const plain = /^(?:[\0-\x7f]*|[А-Яа-яЁёӨөҮүҢң0-9 \n.,;:()/№«»–—!?%+*="'-]*)$/;
    const folded = /^(?:[a-z0-9]+(?: [a-z0-9]+)*|[а-щыэюя0-9]+(?: [а-щыэюя0-9]+)*)$/;

    const wholeWord = (found) => {
      const ofLatin = (found.match(/[\0-\u024f]/g) || []).length;
      const ofCyrillic = (found.match(/[Ѐ-ԯ]/g) || []).length;
      if (!ofLatin || ofLatin > ofCyrillic) return found;
      const repaired = twins(found);
      return /[\0-\u024f]/.test(repaired) ? found : repaired;
    };
    const repairAll = settled((text) =>
      lookAlikes(text.replace(invisible, "").replace(spaces, " ")).normalize("NFC").replace(word, wholeWord)
    );
    const repair = (text) => (plain.test(text) ? text : repairAll(text));

    const searchKey = settled((text) =>
      folded.test(text)
        ? text
        : folds(repair(text).toLowerCase().replace(inWord, "$1")).replace(separators, " ").replace(/^ | $/g, "")
    );
    const latinOf = settled((key) => latinSpelled(latin(key)));
    const latinKey = (text) => latinOf(searchKey(text));
    const soundOf = settled((key) => soundSpelled(key.replace(/ /g, "")).replace(/(.)\1+/gu, "$1"));
    const soundKey = (text) => soundOf(latinKey(text));

    return {
      repair,
      searchKey,
      latinKey,
      soundKey,
      typos,
      errors,
      /* letter for letter: small, without what stands between them */
      bare: (text) => repair(text).toLowerCase().replace(others, ""),
    };
  };

  /* by code unit where that is a letter */
  const letters = (text) => (/[\ud800-\udbff]/.test(text) ? Array.from(text) : text);

  /* Errors between all of `one` and each beginning of `other`, by its length; null where all are above `most`. */
  const errors = (one, other, most) => {
    const a = letters(one);
    const b = letters(other);
    let last = [];
    let before = [];
    let row = [];
    for (let j = 0; j <= b.length; j++) row.push(j);
    for (let i = 1; i <= a.length; i++) {
      [last, before, row] = [before, row, [i]];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        let cost = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && b[j - 1] === a[i - 2]) cost = Math.min(cost, last[j - 2] + 1);
        row.push(cost);
        if (cost < least) least = cost;
      }
      if (least > most) return null;
    }
    return row;
  };

  /* Letters wrong, missing, too many or swapped with their neighbor; above `most`: most + 1. */
  const typos = (one, other, most) => {
    const row = errors(one, other, most);
    return row ? Math.min(row[row.length - 1], most + 1) : most + 1;
  };
})();
