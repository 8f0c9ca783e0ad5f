// Streamlit speaks English only. This says in Italian what its own controls write: whole strings
// that are known here, as text or as a name for who does not see; anything else is left alone.

const WORDS = {
  "Add row": "Aggiungi riga",
  "Autosize": "Adatta la larghezza",
  "Browse files": "Scegli un file",
  "Clear all": "Togli tutto",
  "Clear value": "Svuota",
  "Close": "Chiudi",
  "Close fullscreen": "Esci dallo schermo intero",
  "Collapse sidebar": "Chiudi la barra laterale",
  "Connecting": "Collegamento in corso",
  "Connection error": "Collegamento interrotto",
  "Copy to clipboard": "Copia",
  "Decrement": "Diminuisci",
  "Download as CSV": "Scarica le righe mostrate (CSV)",
  "Drag and drop a file here": "Trascina qui un file",
  "Drag and drop files here": "Trascina qui i file",
  "Expand sidebar": "Apri la barra laterale",
  "Format": "Formato",
  "Fullscreen": "Schermo intero",
  "Hide column": "Nascondi la colonna",
  "Increment": "Aumenta",
  "Link to heading": "Collegamento a questo titolo",
  "No options": "Nessuna scelta",
  "No options to select": "Nessuna scelta",
  "No options to select.": "Nessuna scelta.",
  "No results": "Nessun risultato",
  "Pin column": "Blocca la colonna",
  "Press Enter to apply": "Invio per applicare",
  "Remove file": "Togli il file",
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
const PATTERNS = [
  [/^Help for (.+)$/s, "Aiuto: $1"],
  [/^(\d+) ?MB per file(?: • (.+))?$/, "al più $1 MB · $2"],
  [/^Remove (.+)$/s, "Togli $1"],
  [/^(.+) files are not allowed\.$/, "I file $1 non si possono caricare."],
  [/^File must be (.+) or smaller\.$/, "Il file è più grande di $1."],
  [/^open dropdown$/, "apri l'elenco"],
];
const NAMES = ["aria-label", "title", "placeholder", "alt"];
const LONGEST = 120;
// What the planner writes itself is Italian already, and people's words are theirs.
const OURS = "[data-testid=stMarkdownContainer], [data-testid=stDataFrame] table, textarea, style, script";

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
  const italian = inItalian(text.data);
  if (italian !== text.data) text.data = italian;
}

function nameIn(element, name) {
  const english = element.getAttribute(name);
  if (!english || english.length > LONGEST || element.closest("table")) return;
  const italian = inItalian(english);
  if (italian !== english) element.setAttribute(name, italian);
}

function inItalian(english) {
  const known = WORDS[english.trim()];
  if (known !== undefined) return known;
  for (const [pattern, italian] of PATTERNS) {
    if (pattern.test(english)) return english.replace(pattern, italian).replace(/ · $/, "");
  }
  return english;
}
