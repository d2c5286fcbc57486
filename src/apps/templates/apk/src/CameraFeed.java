package pawprint.app;

import android.content.Context;
import android.graphics.ImageFormat;
import android.hardware.camera2.CameraAccessException;
import android.hardware.camera2.CameraCaptureSession;
import android.hardware.camera2.CameraCharacteristics;
import android.hardware.camera2.CameraDevice;
import android.hardware.camera2.CameraManager;
import android.hardware.camera2.CaptureRequest;
import android.media.Image;
import android.media.ImageReader;
import android.os.Handler;
import android.os.HandlerThread;
import android.util.Size;
import android.view.Surface;
import java.util.Collections;

/** The camera: opening, turning round, closing. Frames come upright, on a thread of its own. */
final class CameraFeed {
    interface Listener {
        /** On the camera's thread. The photo is the listener's until it returns. */
        void frame(Photo photo, boolean front);

        /** On the camera's thread: it does not run, for the reason that the text of this name tells. */
        void failed(String text);
    }

    private static final int LEAST_WIDTH = 640;

    private final CameraManager manager;
    private final Listener listener;
    private HandlerThread thread;
    private Handler handler;
    private CameraDevice device;
    private ImageReader reader;
    private Photo photo;
    private int sensor; // degrees
    private volatile int turns; // times that the camera was opened: what an older opening says does not count
    private volatile int display; // degrees that the display is turned by
    boolean front;

    CameraFeed(Context context, Listener listener) {
        manager = (CameraManager) context.getSystemService(Context.CAMERA_SERVICE);
        this.listener = listener;
    }

    /** How the display stands: Surface.ROTATION_... */
    void setDisplayRotation(int rotation) {
        display = 90 * rotation;
    }

    boolean hasBoth() {
        try {
            return find(true) != null && find(false) != null;
        } catch (CameraAccessException unreachable) {
            return false;
        }
    }

    private String find(boolean wantFront) throws CameraAccessException {
        int wanted = wantFront ? CameraCharacteristics.LENS_FACING_FRONT : CameraCharacteristics.LENS_FACING_BACK;
        for (String id : manager.getCameraIdList()) {
            Integer facing = manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING);
            if (facing != null && facing.intValue() == wanted) return id;
        }
        return null;
    }

    void open() {
        close();
        final int turn = ++turns;
        thread = new HandlerThread("camera");
        thread.start();
        handler = new Handler(thread.getLooper());
        try {
            String id = find(front);
            if (id == null) {
                front = !front;
                id = find(front);
            }
            if (id == null && manager.getCameraIdList().length > 0) id = manager.getCameraIdList()[0]; // external
            if (id == null) {
                listener.failed("no_camera");
                return;
            }
            prepare(id);
            manager.openCamera(id, new Opened(turn), handler);
        } catch (CameraAccessException busy) {
            listener.failed("camera_busy");
        } catch (SecurityException denied) {
            listener.failed("camera_denied");
        } catch (IllegalArgumentException gone) {
            listener.failed("no_camera");
        }
    }

    private void prepare(String id) throws CameraAccessException {
        CameraCharacteristics facts = manager.getCameraCharacteristics(id);
        Integer orientation = facts.get(CameraCharacteristics.SENSOR_ORIENTATION);
        sensor = orientation == null ? 0 : orientation.intValue();
        Size size = smallest(
            facts.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP).getOutputSizes(ImageFormat.YUV_420_888));
        reader = ImageReader.newInstance(size.getWidth(), size.getHeight(), ImageFormat.YUV_420_888, 2);
        reader.setOnImageAvailableListener(new Frame(), handler);
    }

    /** Of those that are wide enough; else the widest. */
    static Size smallest(Size[] sizes) {
        Size best = sizes[0];
        for (Size size : sizes) {
            boolean enough = size.getWidth() >= LEAST_WIDTH;
            boolean bestEnough = best.getWidth() >= LEAST_WIDTH;
            long pixels = (long) size.getWidth() * size.getHeight();
            long bestPixels = (long) best.getWidth() * best.getHeight();
            if (enough != bestEnough ? enough : enough ? pixels < bestPixels : pixels > bestPixels) best = size;
        }
        return best;
    }

    void close() {
        ++turns;
        // First the thread: what it was told before it ends, it does.
        if (thread != null) {
            thread.quitSafely();
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        thread = null;
        if (device != null) device.close();
        device = null;
        if (reader != null) reader.close();
        reader = null;
    }

    private final class Opened extends CameraDevice.StateCallback {
        private final int turn;

        Opened(int turn) {
            this.turn = turn;
        }

        @Override
        public void onOpened(CameraDevice opened) {
            if (turn != turns) {
                opened.close();
                return;
            }
            device = opened;
            try {
                Surface surface = reader.getSurface();
                CaptureRequest.Builder request = opened.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW);
                request.addTarget(surface);
                request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE);
                opened.createCaptureSession(Collections.singletonList(surface), new Configured(request.build()), handler);
            } catch (CameraAccessException busy) {
                listener.failed("camera_busy");
            }
        }

        @Override
        public void onDisconnected(CameraDevice gone) {
            gone.close();
            if (turn == turns) listener.failed("camera_busy");
        }

        @Override
        public void onError(CameraDevice broken, int error) {
            broken.close();
            if (turn == turns) listener.failed("camera_busy");
        }
    }

    private final class Configured extends CameraCaptureSession.StateCallback {
        private final CaptureRequest request;

        Configured(CaptureRequest request) {
            this.request = request;
        }

        @Override
        public void onConfigured(CameraCaptureSession session) {
            try {
                session.setRepeatingRequest(request, null, handler);
            } catch (CameraAccessException busy) {
                listener.failed("camera_busy");
            } catch (IllegalStateException closed) {
                return; // while it was being configured
            }
        }

        @Override
        public void onConfigureFailed(CameraCaptureSession session) {
            listener.failed("camera_busy");
        }
    }

    // Only the newest frame: older ones are dropped, never queued.
    private final class Frame implements ImageReader.OnImageAvailableListener {
        @Override
        public void onImageAvailable(ImageReader from) {
            Image image = from.acquireLatestImage();
            if (image == null) return;
            try {
                Image.Plane[] planes = image.getPlanes();
                Frames.Plane[] yuv = new Frames.Plane[3];
                for (int i = 0; i < 3; ++i) {
                    yuv[i] = new Frames.Plane(planes[i].getBuffer(), planes[i].getRowStride(), planes[i].getPixelStride());
                }
                int degrees = Frames.degrees(sensor, display, front);
                photo = Frames.upright(yuv, image.getWidth(), image.getHeight(), degrees, photo);
            } finally {
                image.close();
            }
            listener.frame(photo, front);
        }
    }
}
