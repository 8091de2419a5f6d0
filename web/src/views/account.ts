// Whose figures are shown: a wallet's account, or any that one looks at; and whether it can take part.

import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import type { App } from "../app";
import type { Writer } from "../figures";
import { admission, nextTier, NONE, tierOf } from "../standing";
import { fileField } from "./fields";

export function accountView(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  return html`<section aria-labelledby="account">
    <h2 id="account">${t.account.heading}</h2>
    ${walletView(app, writer)}
    <form
      class="row"
      @submit=${(event: Event) => {
        event.preventDefault();
        app.look();
      }}
    >
      <label for="look">${t.account.look}</label>
      <input
        id="look"
        autocomplete="off"
        spellcheck="false"
        placeholder="0x…"
        .value=${app.lookText}
        aria-invalid=${app.isLookBad ? "true" : "false"}
        aria-describedby="look-bad"
        @input=${(event: Event) => (app.lookText = (event.target as HTMLInputElement).value)}
      />
      <button type="submit">${t.account.lookButton}</button>
      <p class="bad" id="look-bad">${app.isLookBad ? t.account.lookBad : nothing}</p>
    </form>
    ${app.account === null ? nothing : html`${shownView(app, writer)}${eligibleView(app, writer)}${passView(app, writer)}`}
  </section>`;
}

function walletView(app: App, { t }: Writer): TemplateResult {
  const { connection, config } = app;
  const problem = html`<div role="alert">
    ${app.walletProblem === null ? nothing : html`<p class="warning">${app.walletProblem}</p>`}
  </div>`;
  if (connection === null) {
    if (app.wallets.length === 0) return html`<p>${t.account.noWallet}</p>${problem}`;
    return html`<ul class="wallets">
        ${repeat(
          app.wallets,
          (each) => each.id,
          (each) => html`<li>
            <button type="button" class="primary" @click=${() => void app.connect(each)}>
              ${each.icon === "" ? nothing : html`<img src=${each.icon} alt="" width="20" height="20" />`}
              ${t.account.connectTo(each.name || t.account.browserWallet)}
            </button>
          </li>`,
        )}
      </ul>
      ${problem}`;
  }
  const isWrong = connection.chainId !== config.chainId;
  return html`<p>
      ${t.account.connected(connection.wallet.name || t.account.browserWallet)}
      <button type="button" class="link" @click=${() => app.disconnect()}>${t.account.disconnect}</button>
    </p>
    ${connection.account === null ? html`<p class="warning">${t.account.noAccount}</p>` : nothing}
    ${isWrong
      ? html`<div class="warning" id="wrong-chain">
          <p>${t.account.wrongChain(String(connection.chainId), String(config.chainId))}</p>
          <button type="button" class="primary" @click=${() => void app.switchChain()}>
            ${t.account.switchChain(String(config.chainId))}
          </button>
        </div>`
      : nothing}
    ${problem}`;
}

function shownView(app: App, { t }: Writer): TemplateResult {
  return html`<p id="shown">
    ${t.account.shown} <code>${app.account}</code>${app.own?.isContract ? html`<br />${t.account.contract}` : nothing}
  </p>`;
}

/** Pass and holding, each with what is missing. */
function eligibleView(app: App, writer: Writer): TemplateResult {
  const { t } = writer;
  const { own, sale, now } = app;
  if (own === null || sale === null || now === null) return html`<p>${t.reading}</p>`;
  const { position } = own;
  const heading = html`<h3>${t.eligible.heading}</h3>`;
  if (position.stage !== NONE) {
    return html`${heading}
      <p id="eligible" class="yes-line">${t.eligible.known(String(position.coefficient))}</p>`;
  }
  const state = admission(sale, own.passes, app.time);
  const { isGood, words } = holdingWords(app, writer);
  const can = state === "counts" && isGood === true;
  const cannot = state !== "counts" || isGood === false;
  return html`${heading}
    <ul class="checks">
      <li class=${state === "counts" ? "yes-line" : "no-line"} id="pass">${t.eligible.states[state]}</li>
      <li class=${isGood === true ? "yes-line" : isGood === false ? "no-line" : ""} id="holding">${words}</li>
    </ul>
    <p id="eligible" class=${can ? "yes-line" : cannot ? "no-line" : ""}>
      <strong>${can ? t.eligible.yes : cannot ? t.eligible.no : nothing}</strong>
    </p>`;
}

/** For an account whose pass is in a file, and not on the chain yet. */
function passView(app: App, { t }: Writer): TemplateResult | typeof nothing {
  const { own, sale, passProblem } = app;
  if (own === null || sale === null || own.position.stage !== NONE || app.connection?.account !== own.account) return nothing;
  if (admission(sale, own.passes, app.time) === "counts") return nothing;
  return html`${fileField("pass-file", t.pass.give, ".json", (file) => void app.presentPass(file))}
    <p class="bad" role="status" id="pass-bad">
      ${passProblem === null ? nothing : t.pass.problems[passProblem.what](passProblem.found, passProblem.expected)}
    </p>`;
}

/** Whether the holding is enough; null: it is not known. */
function holdingWords(app: App, writer: Writer): { isGood: boolean | null; words: string } {
  const { eligible } = writer.t;
  const sale = app.sale!, shown = app.shown;
  switch (shown.state) {
    case "nowhere":
      return { isGood: null, words: eligible.noProofs };
    case "unknown":
      return { isGood: null, words: eligible.noRoot };
    case "broken":
      return { isGood: null, words: eligible.proofsBroken(shown.why) };
    case "missing":
      return { isGood: false, words: eligible.noHolding };
    case "found": {
      const { holding } = shown.proof;
      const tier = tierOf(sale, holding), next = nextTier(sale, holding);
      if (tier === null) {
        return { isGood: false, words: eligible.below(writer.held(holding), writer.held(next!.threshold)) };
      }
      const more = next === null ? "" : " " + eligible.next(writer.held(next.threshold - holding), next.coefficient.toString());
      return { isGood: true, words: eligible.holds(writer.held(holding), tier.coefficient.toString()) + more };
    }
  }
}
