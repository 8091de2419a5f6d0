// Begins: one sale, one node, one page that is drawn again whenever something changes.

import { render } from "lit-html";
import { App } from "./app";
import { Chain } from "./chain";
import { configOf } from "./config";
import "./style.css";
import { pageView } from "./views/page";

const root = document.getElementById("page")!;
const config = configOf(document);
const app: App = new App(config, new Chain(config.rpc), () => render(pageView(app), root));
render(pageView(app), root);
void app.run();
