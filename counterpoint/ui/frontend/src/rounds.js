// The phone app of the rounds: works without a network, keeps every answer until the server has named its hash.
import { startApp } from "./rounds/app.js";

const settings = JSON.parse(document.getElementById("rounds-settings").textContent);
startApp(document.getElementById("rounds"), settings);
