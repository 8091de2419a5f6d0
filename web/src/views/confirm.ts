// What is about to be signed, in words; and how it went.

import { html, nothing, type TemplateResult } from "lit-html";
import { ref } from "lit-html/directives/ref.js";
import type { Action } from "../actions";
import type { App, Pending } from "../app";
import { Writer } from "../figures";
import type { Texts } from "../texts/en";
import { sentenceOf } from "../texts/errors";

const OVER = new Set(["done", "reverted", "replaced", "dropped", "rejected", "moved", "elsewhere", "unreachable", "failed", "refused"]);

const BEFORE = new Set(["word", "simulating", "ready"]);

export function confirmView(app: App): TemplateResult | typeof nothing {
  const { pending, sale } = app;
  if (pending === null || sale === null) return nothing;
  const writer = new Writer(app.language.texts, sale);
  const { t } = writer;
  const { step } = pending.progress;
  return html`<dialog
    id="confirm"
    aria-labelledby="confirm-heading"
    ${ref(open)}
    @cancel=${(event: Event) => {
      event.preventDefault();
      if (step === "ready" || OVER.has(step)) app.dismiss();
    }}
  >
    <h2 id="confirm-heading">${t.action.headings[BEFORE.has(step) ? 0 : step === "done" ? 2 : OVER.has(step) ? 3 : 1]}</h2>
    <div id="progress" data-step=${step}>${body(pending, writer)}</div>
    <p class="buttons">
      ${step === "ready"
        ? html`<button type="button" class="primary" id="send" ?disabled=${!app.canSend} @click=${() => void app.confirm()}>
              ${t.action.send}
            </button>
            <button type="button" id="cancel" @click=${() => app.dismiss()}>${t.action.cancel}</button>`
        : OVER.has(step)
          ? html`<button type="button" class="primary" id="close" @click=${() => app.dismiss()}>${t.action.close}</button>`
          : nothing}
    </p>
  </dialog>`;
}

function open(element: Element | undefined): void {
  if (element instanceof HTMLDialogElement && !element.open) queueMicrotask(() => element.isConnected && element.showModal());
}

function body({ action, progress }: Pending, writer: Writer): TemplateResult {
  const { t } = writer;
  switch (progress.step) {
    case "word":
      return html`<p>${t.progress.signWord}</p>`;
    case "ready":
      return html`<p class="soft">${t.action.outcome}</p>
        <p class="outcome" id="outcome">${outcome(action!, progress.values, writer)}</p>
        ${progress.isCalculated ? html`<p class="soft" id="calculated">${t.action.calculated}</p>` : nothing}
        <p class="soft">${t.action.contract} <code>${action!.message.to}</code></p>`;
    case "done":
      return html`<p class="yes-line">${t.progress.done}</p>
        <p class="outcome">${outcome(action!, progress.values, writer)}</p>
        ${transaction(t, progress.hash)}`;
    case "refused":
      return html`<p class="no-line">${t.progress.refused}</p>
        <p id="refusal">${sentenceOf(t.errors, progress.refusal.error, progress.refusal.args, writer)}</p>`;
    case "failed":
      return html`<p class="no-line"><bdi>${t.progress.failed(progress.words)}</bdi></p>`;
    case "sent":
    case "reverted":
    case "replaced":
    case "dropped":
      return html`<p>${t.progress[progress.step]}</p>
        ${transaction(t, progress.hash)}`;
    default:
      return html`<p>${t.progress[progress.step]}</p>`;
  }
}

function transaction(t: Texts, hash: string | null): TemplateResult | typeof nothing {
  if (hash === null) return nothing;
  return html`<p class="soft">${t.progress.transaction} <code>${hash}</code></p>`;
}

/** What an action does, with what the contract would return. */
function outcome(action: Action, values: readonly bigint[], writer: Writer): string {
  const { action: words } = writer.t;
  const [first = 0n, second = 0n] = values;
  const to = writer.address(action.to);
  switch (action.kind) {
    case "approve":
      return words.approve(writer.paid(action.amount));
    case "subscribe":
      return words.subscribe(writer.tokens(first), writer.paid(action.amount));
    case "approveAndSubscribe":
      return `${words.approve(writer.paid(action.amount))} ${words.subscribe(writer.tokens(first), writer.paid(action.amount))}`;
    case "present":
      return words.present(writer.time(action.amount));
    case "claim":
      return words.claim(writer.tokens(first), writer.paid(second));
    case "claimTo":
      return words.claimTo(writer.tokens(first), writer.paid(second), to);
    case "refund":
      return words.refund(writer.paid(first));
    case "refundTo":
      return words.refundTo(writer.paid(first), to);
    case "exit":
    case "exitWithoutTokens":
      return words.exit(writer.tokens(first), writer.paid(second));
    case "shareBond":
      return words.shareBond(writer.bonded(first));
    case "object":
    case "settle":
    case "abandon":
      return words[action.kind];
  }
}
