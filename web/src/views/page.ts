// The whole page: what is always there, and the parts in their order.

import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { App } from "../app";
import { Writer } from "../figures";
import { phaseOf, type Phase } from "../phase";
import { LANGUAGES } from "../texts";
import { accountView } from "./account";
import { confirmView } from "./confirm";
import { deliveryView } from "./delivery";
import { dossierView } from "./dossier";
import { positionView } from "./position";
import { receiptView } from "./receipt";
import { subscribeView } from "./subscribe";
import { termsView } from "./terms";

export function pageView(app: App): TemplateResult {
  const { texts: t, code } = app.language;
  document.documentElement.lang = code;
  const { sale, now } = app;
  return html`
    <a class="skip" href="#content">${t.skip}</a>
    <header class="top">
      <div class="bar">
        <p class="kicker">${t.kicker}</p>
        <nav class="languages">
          ${repeat(
            LANGUAGES,
            (each) => each.code,
            (each) => html`<button
              type="button"
              lang=${each.code}
              aria-pressed=${each.code === code ? "true" : "false"}
              @click=${() => app.speak(each)}
            >${each.texts.language}</button>`,
          )}
        </nav>
      </div>
      <div class="title">${sale === null ? nothing : html`<h1><bdi>${t.title(sale.sold.symbol)}</bdi></h1>`}</div>
      <div role="status">
        ${app.isNodeDown ? html`<p class="warning" id="down">${t.nodeDown}</p>` : nothing}
        ${app.differences.slice(0, 1).map(
          ({ what, expected, found }) =>
            html`<p class="warning" id="untrue">${t.untrue(t.figures[what], String(expected), String(found))}</p>`,
        )}
      </div>
    </header>
    <main id="content">${body(app)}</main>
    <div role="status" aria-live="polite" class="unseen" id="live">${announcement(app)}</div>
    <footer>
      <p>${t.noFee}</p>
      ${sale === null || now === null
        ? nothing
        : html`<p>
            ${t.block(now.block.number.toString(), new Writer(t, sale).time(now.block.time))}<br />
            <code>${sale.address}</code>
          </p>`}
    </footer>
    ${confirmView(app)}
  `;
}

function body(app: App): TemplateResult {
  const { texts: t } = app.language;
  if (app.problem !== null) return html`<p class="warning" id="problem">${t.wrongSale(app.problem)}</p>`;
  const { sale, now } = app;
  if (sale === null || now === null) return html`<p id="loading">${t.loading}</p>`;
  const writer = new Writer(t, sale);
  const phase = phaseOf(sale, now, app.time);
  return html`
    ${phaseView(app, writer, phase)} ${accountView(app, writer)} ${subscribeView(app, writer, phase)}
    ${positionView(app, writer, phase)} ${deliveryView(app, writer)} ${receiptView(app, writer)}
    ${termsView(app, writer)} ${dossierView(app, writer)}
  `;
}

function phaseView(app: App, writer: Writer, phase: Phase): TemplateResult {
  const { t } = writer;
  const count = app.sale!.terms.sale.sessions.length;
  const words =
    phase.name === "before" || phase.name === "open"
      ? t.phase[phase.name](phase.session + 1, count)
      : t.phase[phase.name];
  const label = phase.name === "open" ? t.phase.closesIn : phase.name === "paused" ? t.phase.goesOnIn : t.phase.opensIn;
  return html`<div class="phase ${phase.name}" id="phase">
    <p class="now">${words}</p>
    ${"until" in phase
      ? html`<p>
          <span class="soft">${label}</span>
          <strong class="clock">${writer.countdown(Number(phase.until) - app.time)}</strong>
        </p>
        <p class="soft">${writer.time(phase.until)}</p>`
      : nothing}
    ${phase.name === "unsettled" ? html`<p>${t.phase.settleBefore(writer.time(app.sale!.terms.sale.settleDeadline))}</p>` : nothing}
  </div>`;
}

/** For those who hear the page: how far a transaction is. */
function announcement(app: App): string {
  const { progress } = app.language.texts;
  const step = app.pending?.progress.step;
  switch (step) {
    case undefined:
    case "ready":
      return "";
    case "word":
      return progress.signWord;
    case "failed":
      return "";
    default:
      return progress[step];
  }
}
