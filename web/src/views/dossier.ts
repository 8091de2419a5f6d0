// The dossier: where it is, what it hashes to, and whether a file is it.

import { html, nothing, type TemplateResult } from "lit-html";
import type { App } from "../app";
import type { Writer } from "../figures";
import { fileField } from "./fields";

export function dossierView(app: App, { t }: Writer): TemplateResult {
  const { dossierAt, dossierFile } = app.documents;
  const sale = app.sale!, { dossierHash } = sale;
  return html`<section aria-labelledby="dossier">
    <h2 id="dossier">${t.dossier.heading}</h2>
    <p>${t.dossier.intro}</p>
    <dl class="facts">
      <dt>${t.dossier.at}</dt>
      <dd id="dossier-at">${dossierAt ? html`<bdi>${dossierAt}</bdi>` : dossierAt === "" ? t.dossier.unknown : t.reading}</dd>
      <dt>SHA-256</dt>
      <dd><code>${dossierHash.slice(2)}</code></dd>
    </dl>
    ${fileField("dossier-file", t.dossier.check, "", (file) => void app.documents.compareDossier(sale, file))}
    <div role="status" id="dossier-check">
      ${dossierFile === null
        ? nothing
        : dossierFile.sha256 === dossierHash
          ? html`<p class="yes-line"><bdi>${t.dossier.is(dossierFile.name)}</bdi></p>
              ${dossierFile.text === "" ? nothing : html`<pre class="document" tabindex="0">${dossierFile.text}</pre>`}`
          : html`<p class="no-line"><bdi>${t.dossier.isNot(dossierFile.name, dossierFile.sha256.slice(2))}</bdi></p>`}
    </div>
  </section>`;
}
