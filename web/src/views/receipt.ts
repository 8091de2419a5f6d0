// Receipts: one of the account that is shown, to keep; and whether one that somebody has proves itself.

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app";
import type { Writer } from "../figures";
import type { Figures } from "../receipt";
import { fileField } from "./fields";

export function receiptView(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  return html`<section aria-labelledby="receipts">
    <h2 id="receipts">${t.receipt.heading}</h2>
    <p>${t.receipt.intro}</p>
    ${app.own === null ? nothing : madeView(app, writer)}
    ${fileField("receipt-file", t.receipt.check, ".json", (file) => void app.documents.verify(file))}
    <div role="status" id="verified">${verifiedView(app, writer)}</div>
  </section>`;
}

function madeView(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  const { sale, own, now, shown } = app;
  const { made } = app.documents;
  const proof = shown.state === "found" ? shown.proof : null;
  return html`<p class="buttons">
      <button
        type="button"
        id="make-receipt"
        ?disabled=${made.state === "making" || app.isNodeDown}
        @click=${() => void app.documents.make(sale!, own!, proof, now!.block.number)}
      >${t.receipt.make}</button>
    </p>
    <div role="status" id="made" data-state=${made.state}>
      ${made.state === "making" ? html`<p>${t.receipt.making}</p>` : nothing}
      ${made.state === "failed" ? html`<p class="no-line">${t.receipt.failed(made.why)}</p>` : nothing}
      ${made.state === "made"
        ? html`${provedView(app, made.receipt.figures, writer)}
            <p><a id="download" href=${made.url} download=${`receipt-${made.receipt.figures.account}.json`}>${t.receipt.download}</a></p>`
        : nothing}
    </div>`;
}

function verifiedView(app: App, writer: Writer): TemplateResult | typeof nothing {
  const { verified } = app.documents;
  if (verified === null) return nothing;
  if ("why" in verified) return html`<p class="no-line">${writer.t.receipt.proves.not(verified.why)}</p>`;
  return provedView(app, verified.figures, writer);
}

/** What is proved, and on which hash it rests. */
function provedView(app: App, figures: Figures, writer: Writer): TemplateResult {
  const { receipt } = writer.t;
  const { sale, chainId, account, block, blockHash } = figures;
  const isOurs = sale === app.config.sale && chainId === String(app.config.chainId);
  const tokens = (digits: string) => writer.tokens(BigInt(digits));
  const paid = (digits: string) => writer.paid(BigInt(digits));
  return html`<p class="yes-line">${receipt.proves.yes(block)}</p>
    <dl class="facts">
      <dt>${receipt.proves.account}</dt>
      <dd><code>${account}</code></dd>
      ${isOurs
        ? html`<dt>${receipt.proves.allotted}</dt>
            <dd>${tokens(figures.allotted)}</dd>
            <dt>${receipt.proves.cost}</dt>
            <dd>${paid(figures.cost)}</dd>
            <dt>${receipt.proves.taken}</dt>
            <dd>${tokens(figures.taken)}</dd>
            <dt>${receipt.proves.paidBack}</dt>
            <dd>${paid(figures.paidBack)}</dd>
            <dt>${receipt.proves.claimable}</dt>
            <dd>${tokens(figures.claimable.tokens)}, ${paid(figures.claimable.refund)}</dd>`
        : html`<dt>${receipt.proves.other}</dt>
            <dd><code>${sale}</code>, ${chainId}</dd>`}
      <dt>${receipt.proves.hash}</dt>
      <dd><code>${blockHash}</code></dd>
    </dl>
    <p>${receipt.proves.rests}</p>`;
}
