// Made by `make types` from the schemas of the API and of the live protocol.

/** Where a segment really lies, in seconds of the video. */
export interface ActualSegment {
  start: number;
  end: number;
}

/** The answer to a subscription to all videos. */
export interface AllSnapshot {
  /** By id: those that have tasks or an upload, and those that changed within a minute. */
  videos: Record<string, PartialSnapshot>;
}

/** An edit that was made before: nothing was started. */
export interface AlreadyMade {
  success: true;
  message: string;
  videoId: string;
  /** The task that does it. */
  taskId: string;
  /** Where the result really begins, in seconds of the video; of a fast trim, where its footage does, which stays in the file. Only where the file has been read already. */
  actualStart?: number;
  /** Where it really ends, in seconds of the video. */
  actualEnd?: number;
  /** Of an export: where each segment really lies. */
  actual?: Array<ActualSegment>;
  /** The tracks that the result does not have. */
  leftOut?: Array<LeftOutTrack>;
  /** The main output. A sample has none: its address is that of the new video's source. */
  outputUrl: string | null;
  /** The main one first. */
  outputs: Array<OutputState>;
  alreadyMade: true;
}

/** One execution of a task. */
export interface AttemptState {
  /** 1 is the first. */
  number: number;
  /** Which worker made it: host, process and start. */
  worker: string;
  /** How it ended. */
  outcome: "running" | "complete" | "error" | "cancelled" | "shutdown" | "lost";
  /** The code of its error, where it failed. */
  error: string | null;
  /** Why another one followed. */
  retry: string | null;
  /** How long that one waited. */
  retrySeconds: number | null;
  /** How many encoded pieces it took over from earlier ones. */
  takenOver: number;
  startedAt: string;
  endedAt: string | null;
}

/** Which video, and beside that the operation's own params. */
export interface BurnSubtitlesRequest {
  /** The id of the video. */
  videoId: string;
  /** Make it anew although it was made before. */
  again?: boolean;
  subtitles: string;
  size?: number;
  colour?: string;
  outline?: number;
  position?: "bottom" | "middle" | "top";
}

/** The outputs are published. */
export interface Complete {
  /** The main output. A sample has none: its address is that of the new video's source. */
  outputUrl: string | null;
  /** The main one first. */
  outputs: Array<OutputState>;
  operation: string;
  finishedAt: string | null;
  taskId: string;
  /** Rises within the task. */
  seq: number;
}

/** A cue; its times are in seconds. */
export interface CueState {
  start: number;
  end: number;
  text: string;
}

/** Whether news comes late for now. */
export interface Degraded {
  degraded: boolean;
}

/** What an edit would do. */
export interface EditPlan {
  actual: Array<ActualSegment>;
  leftOut?: Array<LeftOutTrack>;
  pieces: Array<PlannedPiece>;
  /** Why all of it is encoded: codec, no_entries, changing, interlaced, no_times or whole; nothing where that is not so. */
  whyEncoded: string;
  /** How long the result is. */
  seconds: number;
  /** About how large it is. */
  bytes: number;
  /** About how long it takes on a usual machine. */
  expectedSeconds: number;
}

/** An edit that was accepted. */
export interface EditStarted {
  success: true;
  message: string;
  videoId: string;
  /** The task that does it. */
  taskId: string;
  /** Where the result really begins, in seconds of the video; of a fast trim, where its footage does, which stays in the file. Only where the file has been read already. */
  actualStart?: number;
  /** Where it really ends, in seconds of the video. */
  actualEnd?: number;
  /** Of an export: where each segment really lies. */
  actual?: Array<ActualSegment>;
  /** The tracks that the result does not have. */
  leftOut?: Array<LeftOutTrack>;
}

/** Every refusal of the API. */
export interface ErrorAnswer {
  /** A sentence: what happened. */
  error: string;
  /** A sentence: what to do about it. */
  remedy: string;
  /** Stable, for programs. */
  code: string;
  /** What fills the blanks of both sentences; not where a body is refused while it arrives. */
  args?: Record<string, string | number>;
  /** A sentence for each wrong field, where there are any. */
  fields?: Record<string, string>;
  /** A code for each of them. */
  fieldCodes?: Record<string, string>;
  /** What fills the blanks of each, where there are any. */
  fieldArgs?: Record<string, Record<string, string | number>>;
}

/** Why something failed. */
export interface ErrorState {
  /** A sentence: what happened. */
  error: string;
  /** A sentence: what to do about it. */
  remedy: string;
  /** One of the [error codes](#error-codes). */
  code: string;
  /** What fills the blanks of both sentences. */
  args: Record<string, string | number>;
}

/** Which video, and beside that the operation's own params. */
export interface ExportRequest {
  /** The id of the video. */
  videoId: string;
  /** Make it anew although it was made before. */
  again?: boolean;
  segments?: Array<Record<string, any>>;
  mode?: "exact" | "fast";
  preset?: "keep";
  audio?: "all" | "none" | Array<number>;
  subtitles?: Record<string, any>;
  chapters?: Array<Record<string, any>>;
  metadata?: "keep" | "strip";
  name?: string;
}

/** A task's end where there is a `taskId`; else a message of the client was refused. */
export interface Failure {
  error: string;
  remedy: string;
  code: string;
  args: Record<string, string | number>;
  finishedAt?: string | null;
  taskId?: string;
  seq?: number;
}

/** A track that a result does not have. */
export interface LeftOutTrack {
  /** Its place in the file. */
  track: number;
  /** video, audio or subtitle. */
  kind: string;
  /** no_decoder, not_in_span, or cover. */
  reason: string;
}

/** What became of each. */
export interface ManyDone {
  action: "cancel" | "pause" | "resume" | "retry";
  /** The ids of those with which it was done. */
  done: Array<string>;
  refused: Array<RefusedTask>;
}

/** What to do, and to which tasks. */
export interface ManyTasks {
  action: "cancel" | "pause" | "resume" | "retry";
  taskIds: Array<string>;
}

/** Which video, and beside that the operation's own params. */
export interface MuxSubtitlesRequest {
  /** The id of the video. */
  videoId: string;
  /** Make it anew although it was made before. */
  again?: boolean;
  subtitles: Array<string>;
}

/** A video to point at. */
export interface NamedVideo {
  id: string;
  name: string;
  /** Its page. */
  url: string;
}

/** An edit there is. */
export interface OperationInfo {
  /** Its name in addresses. */
  slug: string;
  /** Its name for people, in their language. */
  label: string;
  /** The JSON schema of its params. */
  params: Record<string, any>;
}

/** All edits there are. */
export interface Operations {
  operations: Array<OperationInfo>;
}

/** A result that was deleted. */
export interface OutputDeleted {
  deleted: true;
  /** For how long. */
  undoSeconds: number;
  outputId: string;
}

/** A file to download. */
export interface OutputState {
  id: string;
  /** Where it is served. */
  url: string;
  name: string;
  /** `rendition`, `image`, `archive`, or another kind that an operation makes. */
  kind: string;
  /** How a page may show it. */
  preview: "none" | "image" | "video";
  bytes: number;
}

/** What there is to say of one of all videos. */
export interface PartialSnapshot {
  tasks: Array<TaskState>;
  upload: UploadState | null;
  /** Missing where neither an upload is under way nor the video changed lately. */
  video?: VideoEvent;
}

/** Where a waiting task stands. */
export interface PlaceState {
  /** 1 is next; null unless pending, and while paused. */
  queuePosition: number | null;
  /** Expected seconds until a worker takes it, by what is before it; null unless pending, or where no worker lives. */
  startsInSeconds: number | null;
  /** The same until it is complete. */
  endsInSeconds: number | null;
}

/** A stretch of the result. */
export interface PlannedPiece {
  how: "copied" | "encoded";
  /** Seconds of the result. */
  start: number;
  end: number;
  pictures: number;
  /** Why it is encoded: head, tail, captions or whole; nothing where it is copied. */
  why: string;
}

/** A task is being worked on. */
export interface Progress {
  /** Seconds of film, null where the step does not say. */
  doneSeconds: number | null;
  /** The same in bytes. */
  doneBytes: number | null;
  /** True while there is no progress for an unusually long time. */
  stalled: boolean;
  /** It has been paused itself. */
  paused: boolean;
  /** Its queue is paused. */
  queuePaused: boolean;
  /** 0 to 100. */
  percent: number;
  /** For people, in English. */
  message: string;
  operation: string;
  status: "processing";
  /** As in a task state. */
  step: string;
  /** Seconds left, null while that would be a guess. */
  etaSeconds: number | null;
  /** As ffmpeg says it: 1 is real time. */
  speed: number | null;
  /** As ffmpeg says it. */
  fps: number | null;
  /** True where the progress cannot be measured. */
  indeterminate: boolean;
  taskId: string;
  /** Rises within the task. */
  seq: number;
}

/** Where the waiting tasks of a video stand by now. */
export interface Queue {
  /** By the task's id. */
  places: Record<string, PlaceState>;
}

/** How a person's queue stands. */
export interface QueueState {
  /** They have paused it. */
  paused: boolean;
  /** The staff have paused everybody's. */
  everybodyPaused: boolean;
  /** How many of their edits wait. */
  pending: number;
  /** How many run. */
  processing: number;
}

/** A task with which it could not be done. */
export interface RefusedTask {
  /** A sentence: what happened. */
  error: string;
  /** A sentence: what to do about it. */
  remedy: string;
  /** One of the [error codes](#error-codes). */
  code: string;
  /** What fills the blanks of both sentences. */
  args: Record<string, string | number>;
  /** As it was sent. */
  taskId: string;
}

/** A person's share of the disk, in bytes. */
export interface Space {
  /** What they keep, and what is reserved for uploads under way. */
  usedBytes: number;
  /** How much more they may upload. */
  leftBytes: number;
  /** The size of the disk or their quota; null where the library is a bucket without one. */
  totalBytes: number | null;
  /** Null where there is none. */
  quotaBytes: number | null;
}

/** A track of a video, as it was read; 0 where a number has no meaning for its kind. */
export interface StreamState {
  index: number;
  kind: "video" | "audio" | "subtitle" | "data" | "attachment" | "picture";
  /** ffmpeg's name of it, such as `h264`. */
  codec: string;
  profile: string;
  /** As coded: before rotation and pixel shape. */
  width: number;
  height: number;
  pix_fmt: string;
  /** Average frame rate as a fraction. */
  fps_num: number;
  fps_den: number;
  sample_rate: number;
  channels: number;
  language: string | null;
  title: string | null;
  default: boolean;
  /** Those that are shown. */
  frames: number;
  /** Microseconds from its first shown packet to the end of its last. */
  duration_us: number;
  /** Bits per second. */
  bit_rate: number | null;
}

/** A client's message. */
export interface Subscribe {
  type: "subscribe" | "unsubscribe";
  /** A video's id, or `*` for all videos of the person. */
  videoId: string;
}

/** What to read differently; what is left out stays. */
export interface SubtitleChange {
  /** The Python codec that reads it. */
  encoding?: string;
  /** Three letters of ISO 639-2/T. */
  language?: string;
}

/** The subtitle files of a video. */
export interface SubtitleFiles {
  /** The oldest first. */
  subtitles: Array<SubtitleState>;
}

/** A subtitle file of a video. */
export interface SubtitleState {
  subtitlesId: string;
  videoId: string;
  name: string;
  /** What its content turned out to be. */
  format: "srt" | "vtt" | "ass" | "smi";
  /** The Python codec that reads it. */
  encoding: string;
  /** Whether a person chose that; else it was found out. */
  encodingChosen: boolean;
  /** Three letters of ISO 639-2/T, `und` where unknown. */
  language: string;
  cues: number;
  /** Characters that the font has no sign for: left out when the subtitles are burned in. */
  missing: Array<string>;
  /** The first cues. */
  preview: Array<CueState>;
  /** The file as WebVTT. */
  trackUrl: string;
}

/** A subtitle file that was deleted. */
export interface SubtitlesDeleted {
  deleted: true;
  /** For how long. */
  undoSeconds: number;
  subtitlesId: string;
}

/** A task with its executions. */
export interface TaskDetail {
  id: string;
  videoId: string;
  videoName: string;
  /** For people, in English. */
  name: string;
  /** The part of the name that is the same in every language. */
  detail: string;
  /** The slug of what it does. */
  operation: string;
  /** True for what nobody asked for (probe, poster, storyboard, peaks). */
  housekeeping: boolean;
  status: "pending" | "processing" | "complete" | "error" | "cancelled";
  /** 0 to 100; 100 only when complete. */
  progress: number;
  /** For people, in English; empty where the status says it all. */
  message: string;
  /** What it is doing; `fetching`: the source comes from the bucket. */
  step: "waiting" | "starting" | "fetching" | "probing" | "encoding" | "copying" | "finishing" | "verifying" | "storing";
  /** Seconds left; null while that would be a guess, and outside `processing`. */
  etaSeconds: number | null;
  /** True where the progress cannot be measured. */
  indeterminate: boolean;
  /** What all of it was expected to take when it was asked for. */
  expectedSeconds: number;
  /** How often it has been started. */
  attempt: number;
  /** Rises within the task. */
  seq: number;
  /** The main one first. */
  outputs: Array<OutputState>;
  error: ErrorState | null;
  createdAt: string;
  finishedAt: string | null;
  /** Seconds of film, null where the step does not say. */
  doneSeconds: number | null;
  /** The same in bytes. */
  doneBytes: number | null;
  /** True while there is no progress for an unusually long time. */
  stalled: boolean;
  /** 1 is next; null unless pending, and while paused. */
  queuePosition: number | null;
  /** Expected seconds until a worker takes it, by what is before it; null unless pending, or where no worker lives. */
  startsInSeconds: number | null;
  /** The same until it is complete. */
  endsInSeconds: number | null;
  /** It has been paused itself. */
  paused: boolean;
  /** Its queue is paused. */
  queuePaused: boolean;
  attempts: Array<AttemptState>;
}

/** A task's state: when it waits, was cancelled, goes back to pending, or lost outputs. */
export interface TaskMessage {
  id: string;
  videoId: string;
  videoName: string;
  /** For people, in English. */
  name: string;
  /** The part of the name that is the same in every language. */
  detail: string;
  /** The slug of what it does. */
  operation: string;
  /** True for what nobody asked for (probe, poster, storyboard, peaks). */
  housekeeping: boolean;
  status: "pending" | "processing" | "complete" | "error" | "cancelled";
  /** 0 to 100; 100 only when complete. */
  progress: number;
  /** For people, in English; empty where the status says it all. */
  message: string;
  /** What it is doing; `fetching`: the source comes from the bucket. */
  step: "waiting" | "starting" | "fetching" | "probing" | "encoding" | "copying" | "finishing" | "verifying" | "storing";
  /** Seconds left; null while that would be a guess, and outside `processing`. */
  etaSeconds: number | null;
  /** True where the progress cannot be measured. */
  indeterminate: boolean;
  /** What all of it was expected to take when it was asked for. */
  expectedSeconds: number;
  /** How often it has been started. */
  attempt: number;
  /** Rises within the task. */
  seq: number;
  /** The main one first. */
  outputs: Array<OutputState>;
  error: ErrorState | null;
  createdAt: string;
  finishedAt: string | null;
  /** Seconds of film, null where the step does not say. */
  doneSeconds: number | null;
  /** The same in bytes. */
  doneBytes: number | null;
  /** True while there is no progress for an unusually long time. */
  stalled: boolean;
  /** 1 is next; null unless pending, and while paused. */
  queuePosition: number | null;
  /** Expected seconds until a worker takes it, by what is before it; null unless pending, or where no worker lives. */
  startsInSeconds: number | null;
  /** The same until it is complete. */
  endsInSeconds: number | null;
  /** It has been paused itself. */
  paused: boolean;
  /** Its queue is paused. */
  queuePaused: boolean;
  /** The same as `id`. */
  taskId: string;
}

/** A task as it is sent. */
export interface TaskState {
  id: string;
  videoId: string;
  videoName: string;
  /** For people, in English. */
  name: string;
  /** The part of the name that is the same in every language. */
  detail: string;
  /** The slug of what it does. */
  operation: string;
  /** True for what nobody asked for (probe, poster, storyboard, peaks). */
  housekeeping: boolean;
  status: "pending" | "processing" | "complete" | "error" | "cancelled";
  /** 0 to 100; 100 only when complete. */
  progress: number;
  /** For people, in English; empty where the status says it all. */
  message: string;
  /** What it is doing; `fetching`: the source comes from the bucket. */
  step: "waiting" | "starting" | "fetching" | "probing" | "encoding" | "copying" | "finishing" | "verifying" | "storing";
  /** Seconds left; null while that would be a guess, and outside `processing`. */
  etaSeconds: number | null;
  /** True where the progress cannot be measured. */
  indeterminate: boolean;
  /** What all of it was expected to take when it was asked for. */
  expectedSeconds: number;
  /** How often it has been started. */
  attempt: number;
  /** Rises within the task. */
  seq: number;
  /** The main one first. */
  outputs: Array<OutputState>;
  error: ErrorState | null;
  createdAt: string;
  finishedAt: string | null;
  /** Seconds of film, null where the step does not say. */
  doneSeconds: number | null;
  /** The same in bytes. */
  doneBytes: number | null;
  /** True while there is no progress for an unusually long time. */
  stalled: boolean;
  /** 1 is next; null unless pending, and while paused. */
  queuePosition: number | null;
  /** Expected seconds until a worker takes it, by what is before it; null unless pending, or where no worker lives. */
  startsInSeconds: number | null;
  /** The same until it is complete. */
  endsInSeconds: number | null;
  /** It has been paused itself. */
  paused: boolean;
  /** Its queue is paused. */
  queuePaused: boolean;
}

/** A page of tasks. */
export interface Tasks {
  /** The newest first. */
  tasks: Array<TaskState>;
}

/** Which video, and beside that the operation's own params. */
export interface ThumbnailsRequest {
  /** The id of the video. */
  videoId: string;
  /** Make it anew although it was made before. */
  again?: boolean;
  count?: number;
  time?: number;
  width?: number;
  format?: "jpeg" | "png" | "webp";
}

/** Which video, and beside that the operation's own params. */
export interface TrimRequest {
  /** The id of the video. */
  videoId: string;
  /** Make it anew although it was made before. */
  again?: boolean;
  startTime: number;
  endTime: number;
  mode?: "exact" | "fast";
}

/** How far an upload is: the same fields as a task's progress, and its own. */
export interface UploadState {
  /** 0 to 100; 100 once, when the whole file is in the library. */
  percent: number;
  /** `Uploading` or `Storing`. */
  message: string;
  taskId: null;
  operation: "upload";
  status: "processing";
  /** `storing`: it goes on into the bucket, which is the last tenth of the percent. */
  step: "uploading" | "storing";
  /** Seconds left, null while that would be a guess. */
  etaSeconds: number | null;
  speed: null;
  fps: null;
  /** True while its length is not known. */
  indeterminate: boolean;
  doneSeconds: null;
  doneBytes: number;
  stalled: boolean;
  /** Bytes that are safe on the server's disk. */
  received: number;
  /** Bytes, null while the client has not said. */
  length: number | null;
  /** Smoothed; null while that would be a guess. */
  bytesPerSecond: number | null;
  /** Rises within the upload. */
  seq: number;
}

/** A video that was deleted. */
export interface VideoDeleted {
  deleted: true;
  /** For how long. */
  undoSeconds: number;
  videoId: string;
}

/** A video with everything about it. */
export interface VideoDetail {
  id: string;
  name: string;
  /** Its page. */
  url: string;
  bytes: number;
  /** Seconds, null until it was read. */
  duration: number | null;
  /** As shown: after rotation. Null until it was read. */
  width: number | null;
  height: number | null;
  /** What is odd about a file that can be used all the same. */
  warnings: Array<"truncated" | "no_initial_keyframe" | "vfr">;
  /** Why it is broken. */
  error: ErrorState | null;
  /** The file as it arrived. */
  sourceUrl: string | null;
  createdAt: string;
  /** `arriving`: not read yet; `broken`: `error` says why. */
  state: "arriving" | "ready" | "broken";
  posterUrl: string | null;
  /** WebVTT: each cue is a time and the part of the sprite that stands for it. */
  storyboardUrl: string | null;
  /** The picture that the storyboard means, whatever name it gives. */
  spriteUrl: string | null;
  /** The waveform in the [audiowaveform format](https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md). */
  peaksUrl: string | null;
  /** The short name of its file format. */
  container: string | null;
  /** Degrees to turn clockwise for showing. */
  rotation: number | null;
  streams: Array<StreamState>;
  /** Of the source as it arrived, in hex; null until it was read, and where it is no video. */
  sha256: string | null;
  /** Other videos of the person with the very same bytes, oldest first. */
  sameFile: Array<NamedVideo>;
  /** Seconds from the start. */
  keyframes: Array<number>;
  tasks: Array<TaskState>;
  outputs: Array<OutputState>;
}

/** A video that has changed. */
export interface VideoEvent {
  id: string;
  name: string;
  /** Its page. */
  url: string;
  bytes: number;
  /** Seconds, null until it was read. */
  duration: number | null;
  /** As shown: after rotation. Null until it was read. */
  width: number | null;
  height: number | null;
  /** What is odd about a file that can be used all the same. */
  warnings: Array<"truncated" | "no_initial_keyframe" | "vfr">;
  /** Why it is broken. */
  error: ErrorState | null;
  /** The file as it arrived. */
  sourceUrl: string | null;
  createdAt: string;
  state: "arriving" | "ready" | "broken" | "deleted";
  deleted: boolean;
  /** How long a deletion can still be undone. */
  undoSeconds: number | null;
  /** Rises within the video's own events. */
  seq: number;
}

/** The answer to a subscription to one video. */
export interface VideoSnapshot {
  video: VideoEvent;
  /** Every open task, and the newest 100 of all. */
  tasks: Array<TaskState>;
  /** Null where none is under way. */
  upload: UploadState | null;
}

/** A video without its tasks. */
export interface VideoState {
  id: string;
  name: string;
  /** Its page. */
  url: string;
  bytes: number;
  /** Seconds, null until it was read. */
  duration: number | null;
  /** As shown: after rotation. Null until it was read. */
  width: number | null;
  height: number | null;
  /** What is odd about a file that can be used all the same. */
  warnings: Array<"truncated" | "no_initial_keyframe" | "vfr">;
  /** Why it is broken. */
  error: ErrorState | null;
  /** The file as it arrived. */
  sourceUrl: string | null;
  createdAt: string;
  /** `arriving`: not read yet; `broken`: `error` says why. */
  state: "arriving" | "ready" | "broken";
}

/** A page of videos. */
export interface Videos {
  /** The newest first. */
  videos: Array<VideoState>;
}

/** Whose queue is meant. */
export interface WhichQueue {
  /** Everybody's: for the staff. */
  everybody?: boolean;
}

/** A message of the server. */
export type ServerMessage =
  | { type: "subscribed"; videoId: string | null; data: VideoSnapshot | AllSnapshot }
  | { type: "progress"; videoId: string | null; data: Progress | UploadState }
  | { type: "complete"; videoId: string | null; data: Complete }
  | { type: "error"; videoId: string | null; data: Failure }
  | { type: "task"; videoId: string | null; data: TaskMessage }
  | { type: "queue"; videoId: string | null; data: Queue }
  | { type: "video"; videoId: string | null; data: VideoEvent }
  | { type: "degraded"; videoId: string | null; data: Degraded };
