/** A task's state as the server sends it. */
export function taskState(changes = {}) {
  return {
    id: "t1",
    videoId: "v1",
    name: "Trim 00:10-00:30",
    detail: "00:10-00:30",
    operation: "trim",
    status: "pending",
    progress: 0,
    message: "",
    step: "",
    etaSeconds: null,
    queuePosition: null,
    startsInSeconds: null,
    indeterminate: false,
    seq: 1,
    outputs: [],
    error: null,
    housekeeping: false,
    createdAt: "2024-11-02T10:00:00+00:00",
    ...changes,
  };
}

export const OUTPUT = {
  id: "o1",
  url: "/outputs/o1/talk_trimmed.mp4",
  name: "talk_trimmed.mp4",
  kind: "rendition",
  preview: "video",
  bytes: 1_536_000,
};

export function subscribed(tasks, { videoId = "v1", upload = null } = {}) {
  return { type: "subscribed", videoId, data: { tasks, upload } };
}

export function subscribedToAll(videos) {
  const data = Object.fromEntries(
    Object.entries(videos).map(([id, tasks]) => [id, { tasks, upload: null }]),
  );
  return { type: "subscribed", videoId: "*", data: { videos: data } };
}

export function progressEvent(seq, percent, changes = {}) {
  return {
    type: "progress",
    videoId: "v1",
    data: {
      percent,
      message: "Trimming video...",
      taskId: "t1",
      operation: "trim",
      status: "processing",
      step: "encoding",
      etaSeconds: null,
      indeterminate: false,
      seq,
      ...changes,
    },
  };
}

export function completeEvent(seq, changes = {}) {
  const data = { outputUrl: OUTPUT.url, outputs: [OUTPUT], taskId: "t1", seq, ...changes };
  return { type: "complete", videoId: "v1", data };
}

export function errorEvent(seq, changes = {}) {
  const data = { error: "The disk is full.", code: "disk_full", remedy: "Make room.", args: {}, taskId: "t1", seq, ...changes };
  return { type: "error", videoId: "v1", data };
}

export function taskEvent(changes) {
  const data = taskState(changes);
  return { type: "task", videoId: data.videoId, data };
}

export const KOREAN = {
  language: "ko",
  catalog: { "Processing...": "처리 중...", "Complete!": "완료!", "about %(time)s left": "약 %(time)s 남음", "%(seconds)s s": "%(seconds)s초" },
  errors: { disk_full: { message: "디스크가 가득 찼습니다.", remedy: "필요 없는 것을 지워 주세요." }, lost: { message: "작업이 {count}번 멈췄습니다.", remedy: "" } },
  operations: { trim: { label: "자르기", starting: "자르기 시작...", working: "영상을 자르는 중...", complete: "자르기 완료" } },
  steps: { verifying: "확인 중" },
  statuses: { processing: "처리 중", complete: "완료" },
};

export function videoEvent(seq, changes = {}) {
  const data = { id: "v1", name: "talk.mp4", url: "/videos/v1/", state: "ready", deleted: false, undoSeconds: null, seq, ...changes };
  return { type: "video", videoId: data.id, data };
}

export function uploadEvent(seq, percent, changes = {}) {
  const data = { percent, message: "Uploading", taskId: null, operation: "upload", status: "processing", seq, ...changes };
  return { type: "progress", videoId: "v1", data };
}
