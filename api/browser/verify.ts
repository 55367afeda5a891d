// The page that checks papers: by the code behind # of a QR's address, or by a file with progress.
// Without this script the forms do the same.

const API = "/api/v1/documents/verify";
const KOREA = "Asia/Seoul";
const MEGABYTE = 1 << 20;
/** Seconds after which the page asks again by itself: a paper is on its way, or the chain is away. */
const AGAIN = [5, 10, 20, 40];

interface Words {
  readonly ko: string;
  readonly en: string;
}

interface Answer {
  readonly verdict: "valid" | "not_valid" | "wait" | "undetermined";
  readonly reason: string;
  readonly sentence: Words;
  readonly issuer: Words | null;
  readonly anchored: string | null;
}

const result = document.querySelector<HTMLElement>("#result");

function words(text: Words): string {
  return result?.dataset["lang"] === "en" ? text.en : text.ko;
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function show(verdict: string, heading: string, ...rest: HTMLElement[]): void {
  if (result === null) return;
  result.dataset["verdict"] = verdict;
  result.hidden = false;
  result.replaceChildren(element("h2", heading), ...rest);
  result.scrollIntoView({ block: "nearest" });
}

function moment(text: string): string {
  const told = new Date(text).toLocaleString("sv-SE", { timeZone: KOREA });
  return `${told} (${result?.dataset["zone"] ?? ""})`;
}

function facts(answer: Answer): HTMLElement[] {
  if (answer.issuer === null) return [];
  const list = document.createElement("dl");
  list.append(element("dt", result?.dataset["issuer"] ?? ""));
  list.append(element("dd", words(answer.issuer)));
  if (answer.anchored !== null) {
    list.append(element("dt", result?.dataset["anchored"] ?? ""));
    list.append(element("dd", moment(answer.anchored)));
  }
  return [list];
}

function tell(answer: Answer, tries: number): void {
  if (tries > 0 && result?.dataset["verdict"] === answer.verdict) return; // It stands there.
  const names = {
    valid: result?.dataset["valid"],
    not_valid: result?.dataset["notValid"],
    wait: result?.dataset["wait"],
    undetermined: result?.dataset["undetermined"],
  };
  const sentence = element("p", words(answer.sentence));
  show(answer.verdict, names[answer.verdict] ?? "", sentence, ...facts(answer));
  result?.focus();
}

function fail(detail?: string): void {
  const text = element("p", detail ?? result?.dataset["failed"] ?? "");
  show("undetermined", result?.dataset["undetermined"] ?? "", text);
}

/** Counts what was asked, so that an older question is not asked again after a newer one. */
let asked = 0;

/** Ask the same again in a while, unless something else was asked meanwhile. */
function askAgain(body: Blob | string, type: string, tries: number): void {
  const seconds = AGAIN[tries];
  const own = asked;
  if (seconds === undefined) return;
  setTimeout(() => {
    if (asked === own) void send(body, type, () => undefined, tries + 1);
  }, 1000 * seconds);
}

/** Send a body and follow how far it has come: fetch cannot tell. */
function send(
  body: Blob | string,
  type: string,
  sent: (percent: number) => void,
  tries = 0,
): Promise<void> {
  asked += 1;
  if (tries === 0) show("working", result?.dataset["working"] ?? "");
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", API);
    request.setRequestHeader("Content-Type", type);
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => sent((100 * loaded) / total);
    request.onload = () => {
      const answer = request.status === 200 ? (request.response as Answer) : null;
      if (answer?.verdict === "wait" || answer?.reason === "unavailable") {
        askAgain(body, type, tries);
      }
      if (answer !== null) tell(answer, tries);
      else fail((request.response as { detail?: string } | null)?.detail);
      resolve();
    };
    request.onerror = () => {
      fail();
      resolve();
    };
    request.send(body);
  });
}

async function sendFile(form: HTMLFormElement, file: File): Promise<void> {
  if (file.size > Number(form.dataset["most"]) * MEGABYTE) return fail(form.dataset["long"]);
  const sending = form.querySelector<HTMLElement>(".sending");
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");
  if (sending) sending.hidden = false;
  if (button) button.disabled = true;
  await send(file, "application/octet-stream", (percent) => {
    if (bar) bar.value = percent;
  });
  if (sending) sending.hidden = true;
  if (button) button.disabled = false;
}

function sendCode(code: string): Promise<void> {
  return send(JSON.stringify({ code }), "application/json", () => undefined);
}

function followAddress(): void {
  const code = location.hash.slice(1);
  if (code.includes(".")) void sendCode(code);
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-language]"))
    link.hash = location.hash;
}

const upload = document.querySelector<HTMLFormElement>("form[data-upload]");
upload?.addEventListener("submit", (event) => {
  event.preventDefault();
  const file = upload.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
  if (file) void sendFile(upload, file);
});
const typed = document.querySelector<HTMLFormElement>("form[data-code]");
typed?.addEventListener("submit", (event) => {
  event.preventDefault();
  void sendCode(typed.querySelector<HTMLInputElement>("input")?.value ?? "");
});
addEventListener("hashchange", followAddress);
followAddress();

export {};
