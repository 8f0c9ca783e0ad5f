// Streamlit speaks English only. This says in Italian what its own controls write: whole strings
// that are known here, as text or as a name for who does not see; anything else is left alone.

const WORDS = {
  "Add row": "Aggiungi riga",
  "Autosize": "Adatta la larghezza",
  "Choose an option": "Scegli",
  "Choose options": "Scegli",
  "Browse files": "Scegli un file",
  "Close": "Chiudi",
  "Close fullscreen": "Esci dallo schermo intero",
  "Connecting": "Collegamento in corso",
  "Connection error": "Collegamento interrotto",
  "Download as CSV": "Scarica le righe mostrate (CSV)",
  "Drag and drop a file here": "Trascina qui un file",
  "Drag and drop files here": "Trascina qui i file",
  "Error:": "Errore: ",
  "Format": "Formato",
  "Fullscreen": "Schermo intero",
  "Hide column": "Nascondi la colonna",
  "No options": "Nessuna scelta",
  "No options to select": "Nessuna scelta",
  "No options to select.": "Nessuna scelta.",
  "No results": "Nessun risultato",
  "Pin column": "Blocca la colonna",
  "Press Enter to apply": "Invio per applicare",
  "Rerun": "Ricarica",
  "Running...": "In corso…",
  "Search": "Cerca",
  "Select all": "Scegli tutto",
  "Show/hide columns": "Mostra o nascondi colonne",
  "Sort ascending": "In ordine crescente",
  "Sort descending": "In ordine decrescente",
  "Statistics": "Statistiche",
  "Stop": "Ferma",
  "Type to search": "Scrivi per cercare",
  "Unpin column": "Sblocca la colonna",
  "Upload": "Carica",
};
// Names for who does not see, too short or too common to be taken for Streamlit's as text.
const NAMED = {
  ...WORDS,
  "Add files": "Aggiungi un file",
  "App pages": "Pagine",
  "Choose date": "Scegli la data",
  "Clear all": "Togli tutto",
  "Clear value": "Svuota",
  "Collapse sidebar": "Chiudi la barra laterale",
  "Copy to clipboard": "Copia",
  "Decrement": "Diminuisci",
  "Expand sidebar": "Apri la barra laterale",
  "Increment": "Aumenta",
  "Link to heading": "Collegamento a questo titolo",
  "Navigate to home page": "Vai alla prima pagina",
  "Open": "Apri l'elenco",
  "Remove file": "Togli il file",
  "Sidebar": "Barra laterale",
  "day": "giorno",
  "file upload": "file da caricare",
  "month": "mese",
  "year": "anno",
};
const PATTERNS = [
  [/^Help for (.+)$/s, "Aiuto: $1"],
  [/^(\d+) ?MB per file(?: • (.+))?$/, "al più $1 MB · $2"],
  [/^Remove (.+)$/s, "Togli $1"],
  [/^(.+) files are not allowed\.$/, "I file $1 non si possono caricare."],
  [/^File must be (\d+)(?:\.0)? ?MB or smaller\.$/, "È più grande di $1 MB: dividilo."],
  [/^(\d+)\.(\d) ?(B|KB|MB|GB)$/, "$1,$2 $3"],
];
const NAMES = ["aria-label", "title", "placeholder", "alt"];
const LONGEST = 120;
// What the planner writes itself is Italian already, and people's words are theirs.
const OURS =
  "[data-testid=stMarkdownContainer]:not([data-testid=stFileUploader] *), " +
  "[data-testid=stIconMaterial], [data-testid=stDataFrame] table, textarea, style, script";
// A control's own name after what it does: "Search: Sportelli", "day, Situazione al".
const COMPOSED = /^([^:,]+)([:,] )(.+)$/s;

let observer = null;

export default function () {
  if (!observer) {
    observer = new MutationObserver(follow);
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: NAMES,
    });
    translate(document.body);
  }
  return () => {
    observer?.disconnect();
    observer = null;
  };
}

function follow(changes) {
  for (const change of changes) {
    if (change.type === "attributes") nameIn(change.target, change.attributeName);
    else if (change.type === "characterData") writeIn(change.target);
    else change.addedNodes.forEach(translate);
  }
}

function translate(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    writeIn(node);
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let next = walker.currentNode; next; next = walker.nextNode()) {
    if (next.nodeType === Node.TEXT_NODE) writeIn(next);
    else for (const name of NAMES) nameIn(next, name);
  }
}

function writeIn(text) {
  if (text.length > LONGEST || text.parentElement?.closest(OURS)) return;
  const italian = inItalian(text.data, WORDS);
  if (italian !== text.data) text.data = italian;
}

function nameIn(element, name) {
  const english = element.getAttribute(name);
  if (!english || english.length > LONGEST || element.closest("table")) return;
  const italian = inItalian(english, NAMED);
  if (italian !== english) element.setAttribute(name, italian);
}

function inItalian(english, words) {
  const plain = english.trim();
  if (Object.hasOwn(words, plain)) return words[plain];
  for (const [pattern, italian] of PATTERNS) {
    if (pattern.test(english)) return english.replace(pattern, italian).replace(/ · $/, "");
  }
  const [, word, sign, rest] = COMPOSED.exec(english) ?? [];
  return word !== undefined && Object.hasOwn(words, word) ? words[word] + sign + rest : english;
}
