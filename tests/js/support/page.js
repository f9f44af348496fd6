import { LiveClient } from "../../../static/js/live/client.js";
import { Page, setPage } from "../../../static/js/live/page.js";
import { Store } from "../../../static/js/state/store.js";
import { FakeClock } from "./clock.js";
import { fakePage, FakeSocket } from "./socket.js";

/** Give the page a fake connection and a fake clock. */
export function openPage() {
  FakeSocket.instances = [];
  const clock = new FakeClock();
  const live = new LiveClient({
    url: "ws://host/ws/",
    WebSocketClass: FakeSocket,
    clock,
    page: fakePage(),
    random: () => 0,
  });
  setPage(new Page(live, new Store()));
  live.start();
  return clock;
}
