// How the project delivers, and what participants can do about it: object, exit, share the bond.

import { html, nothing, type TemplateResult } from "lit-html";
import { exit, object, shareBond } from "../actions";
import { BASIS_POINTS, mulDivDown } from "../amounts";
import type { App } from "../app";
import type { Writer } from "../figures";
import { DELIVERING, EXITED, EXITING, NONE, SUCCEEDED, type AccountNow } from "../standing";

export function deliveryView(app: App, writer: Writer): TemplateResult | typeof nothing {
  const { t } = writer;
  const sale = app.sale!, now = app.now!;
  const { delivery } = now;
  if (now.status !== SUCCEEDED && now.bond === 0n) return nothing;
  const { milestones, objectionSeconds, exitSeconds } = sale.terms.escrow;
  const current = milestones[Number(delivery.current)];
  const isDue = delivery.status === DELIVERING && current !== undefined;
  return html`<section aria-labelledby="delivery">
    <h2 id="delivery">${t.delivery.heading}</h2>
    <p id="delivery-status">${t.delivery.statuses[delivery.status]}</p>
    ${isDue && delivery.attestedAt === 0n
      ? html`<p>${t.delivery.due(Number(delivery.current) + 1, writer.time(current.deadline))}</p>`
      : nothing}
    ${isDue && delivery.attestedAt > 0n
      ? html`<p>${t.delivery.attested(Number(delivery.current) + 1, writer.time(delivery.attestedAt + objectionSeconds))}</p>
          ${objections(app, writer)}`
      : nothing}
    ${delivery.status === EXITING
      ? html`<p>${t.delivery.exitUntil(writer.time(delivery.exitAt + exitSeconds))}</p>
          ${app.own === null ? nothing : exits(app, app.own, writer)}`
      : nothing}
    ${now.bond > 0n && app.own !== null && app.own.weight > 0n && !app.own.hasSharedBond
      ? html`<p>${t.delivery.bondWhy(writer.bonded(now.bond))}</p>
          ${button(app, "bond", t.delivery.bond, () => void app.prepare(shareBond(sale, app.own!.account)))}`
      : nothing}
  </section>`;
}

function objections(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  const { delivery, totalWeight } = app.now!;
  const shareDown = totalWeight === 0n ? 0n : mulDivDown(delivery.objected, BASIS_POINTS, totalWeight);
  const { own } = app;
  return html`<p>${t.delivery.objected(writer.share(shareDown), writer.share(app.sale!.terms.escrow.objectionBps))}</p>
    ${own === null || own.position.stage === NONE || own.weight === 0n
      ? nothing
      : own.hasObjected
        ? html`<p class="yes-line">${t.delivery.hasObjected}</p>`
        : html`<p>${t.delivery.objectWhy}</p>
            ${button(app, "object", t.delivery.object, () => void app.prepare(object(app.sale!, own.account)))}`}`;
}

function exits(app: App, own: AccountNow, writer: Writer): TemplateResult | typeof nothing {
  const { t } = writer;
  if (own.position.stage === NONE || own.position.stage === EXITED || own.exit.returned === 0n) return nothing;
  const go = (withTokens: boolean) => () => void app.prepare(exit(app.sale!, own.account, own.account, withTokens));
  return html`<p>
      ${t.delivery.exitGives(writer.tokens(own.exit.returned))} ${t.delivery.exitGets(writer.paid(own.exit.amount))}
      ${t.delivery.exitLast}
    </p>
    ${button(app, "exit", t.delivery.exit, go(true))}
    <details>
      <summary>${t.delivery.exitPlain}</summary>
      <p>${t.delivery.exitPlainWhy}</p>
      ${button(app, "exit-plain", t.delivery.exitPlain, go(false))}
    </details>`;
}

function button(app: App, id: string, words: string, act: () => void): TemplateResult {
  return html`<p class="buttons">
    <button type="button" id=${id} ?disabled=${!app.canSend} @click=${act}>${words}</button>
  </p>`;
}
