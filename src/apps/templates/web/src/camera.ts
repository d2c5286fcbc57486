// The camera: starting, turning round, stopping, and why it does not start.
import {text} from './strings';

export type Facing = 'environment' | 'user';

export class Camera {
  private stream: MediaStream | null = null;
  facing: Facing = 'environment';

  constructor(private readonly video: HTMLVideoElement) {}

  get running(): boolean {
    return this.stream !== null;
  }

  /** What the camera that runs says of itself: a front camera's preview is shown as in a mirror. */
  get mirrored(): boolean {
    return this.stream?.getVideoTracks()[0]?.getSettings().facingMode === 'user';
  }

  /** Throws an Error whose message is for people. */
  async start(ended: () => void): Promise<void> {
    this.stop();
    if (navigator.mediaDevices === undefined) throw new Error(text.insecure);
    const video = {facingMode: {ideal: this.facing}, width: {ideal: 640}, height: {ideal: 480}};
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({video, audio: false});
    } catch (error) {
      throw new Error(reason((error as DOMException).name));
    }
    this.stream.getVideoTracks()[0].addEventListener('ended', ended);
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  stop(): void {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  async hasTwo(): Promise<boolean> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === 'videoinput').length > 1;
  }
}

function reason(name: string): string {
  if (name === 'NotAllowedError' || name === 'SecurityError') return text.denied;
  return name === 'NotFoundError' || name === 'OverconstrainedError' ? text.noCamera : text.busyCamera;
}
