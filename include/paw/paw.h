/* Pawprint's C API: load a plan (a .plan file, made by `paw`) and run it. Plain C99, for JNI, Swift and WebAssembly.
 *
 * Status: every function that can fail returns a paw_status; paw_last_error() then says why. Null pointers, wrong
 * indices, shapes, types and sizes are such failures, never crashes. What a failed call would have filled is unchanged.
 * Ownership: who creates frees. Freeing NULL does nothing. A session keeps what it needs of its plan: the plan may be
 * freed first.
 * Threads: a plan may be used by many threads at once, a session by one at a time. Sessions of one plan run side by
 * side. Units: sizes in bytes, extents in elements, times in nanoseconds of a monotonic clock. */
#ifndef PAW_PAW_H
#define PAW_PAW_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a shared library that holds the engine offers, however the rest of it is compiled. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

typedef enum paw_status {
  PAW_OK = 0,
  PAW_INVALID_ARGUMENT = 1, /* null pointer, index, shape, type, size or number of threads */
  PAW_BAD_PLAN = 2,         /* not a plan, damaged, of another version or for another target */
  PAW_IO = 3                /* the file cannot be read */
} paw_status;

typedef enum paw_dtype {
  PAW_F32,
  PAW_F64,
  PAW_F16,
  PAW_BF16,
  PAW_I4,
  PAW_U4,
  PAW_I8,
  PAW_U8,
  PAW_I16,
  PAW_U16,
  PAW_I32,
  PAW_U32,
  PAW_I64,
  PAW_U64,
  PAW_BOOL
} paw_dtype;

#define PAW_MAX_RANK 6
#define PAW_MAX_THREADS 256

typedef struct paw_plan paw_plan;
typedef struct paw_session paw_session;

/* An input or output. Images are [batch, height, width, channels]. */
typedef struct paw_port {
  const char* name; /* lives as long as the plan */
  paw_dtype dtype;
  int32_t rank;
  int64_t shape[PAW_MAX_RANK]; /* the first `rank` are set, the others 0 */
  size_t bytes;
  float scale; /* quantised: real = (stored - zero_point) * scale; 0: not quantised */
  int32_t zero_point;
} paw_port;

/* A step that has run; valid during the callback. Steps that run interleaved count as one, by the first one's name. */
typedef struct paw_step {
  const char* name; /* the layer it comes from */
  const char* kind; /* "conv_f32" */
  int64_t macs;     /* multiply-adds */
  uint64_t begin_ns, end_ns;
} paw_step;

/* Why the last call of this thread failed; empty before the first failure. Valid until this thread's next failure. */
const char* paw_last_error(void);

/* Loads a plan from memory, which is copied, or maps a file, which must not change while it is in use. Everything in
 * it is checked here. */
paw_status paw_plan_load(const void* data, size_t bytes, paw_plan** plan);
paw_status paw_plan_load_file(const char* path, paw_plan** plan);
void paw_plan_free(paw_plan* plan);

/* 0 for a null plan. */
size_t paw_plan_input_count(const paw_plan* plan);
size_t paw_plan_output_count(const paw_plan* plan);
paw_status paw_plan_input(const paw_plan* plan, size_t index, paw_port* port);
paw_status paw_plan_output(const paw_plan* plan, size_t index, paw_port* port);

/* Allocates all memory and starts threads - 1 threads: running allocates nothing. threads: 1 to PAW_MAX_THREADS.
 * Results have the same bits for any number of threads. PAW_ISA=portable, avx2 or avx512 in the environment
 * forces those instructions; PAW_INVALID_ARGUMENT when this machine lacks them. */
paw_status paw_session_create(const paw_plan* plan, int32_t threads, paw_session** session);
void paw_session_free(paw_session* session);

/* Copies an input in. dtype, shape and bytes must be those of the port. Inputs do not survive a run: set them all
 * before each. */
paw_status paw_session_set_input(paw_session* session, size_t index, paw_dtype dtype, const int64_t* shape,
                                 int32_t rank, const void* data, size_t bytes);
/* Or the input's own memory to write to, aligned to 64 bytes, the same for the session's life; `bytes` may be NULL. */
paw_status paw_session_input_data(paw_session* session, size_t index, void** data, size_t* bytes);

/* How photos become a model's input: the record of docs/preprocess.md. Of grey pictures, scale[0] and bias[0] count. */
typedef enum paw_geometry { PAW_CROP, PAW_STRETCH, PAW_FIT } paw_geometry;
typedef enum paw_filter { PAW_BILINEAR, PAW_BICUBIC, PAW_AREA, PAW_NEAREST } paw_filter;
typedef enum paw_color { PAW_RGB, PAW_BGR, PAW_GRAY } paw_color;
typedef struct paw_preprocess {
  int32_t width, height; /* of the picture that the model sees */
  int32_t geometry;      /* paw_geometry */
  int32_t resize_short;  /* PAW_CROP: the short side before the crop */
  int32_t filter;        /* paw_filter */
  int32_t color;         /* paw_color */
  int32_t pad_value;     /* PAW_FIT: 0 to 255 */
  int32_t reserved;      /* 0 */
  double scale[3], bias[3];
} paw_preprocess;

/* Sets an input from a photo: upright pixels of 8 bits, [height][width][channels], 3 channels (RGB) or 4 (RGBA, alpha
 * is ignored). Crops, resizes and normalises as training did, to the bit. Sides are 1 to 65535 pixels. */
paw_status paw_session_set_photo(paw_session* session, size_t index, const paw_preprocess* preprocess,
                                 const uint8_t* pixels, int32_t width, int32_t height, int32_t channels);

/* The part of a photo of that size that the model sees, in its pixels: window[0], [1]: left top corner; [2], [3]: width
 * and height. For drawing it on a preview. */
paw_status paw_photo_window(const paw_preprocess* preprocess, int32_t width, int32_t height, double window[4]);

paw_status paw_session_run(paw_session* session);

/* Copies an output out; dtype and bytes must be those of the port. */
paw_status paw_session_read_output(const paw_session* session, size_t index, paw_dtype dtype, void* data, size_t bytes);
/* Copies an output out as real numbers, whatever it holds; `count` must be its number of elements. */
paw_status paw_session_read_real(const paw_session* session, size_t index, float* data, size_t count);
/* Or the output's own memory, the same for the session's life, valid between runs; `bytes` may be NULL. */
paw_status paw_session_output_data(const paw_session* session, size_t index, const void** data, size_t* bytes);

/* Calls `on_step` after each step, on the thread that runs; NULL ends it. The callback must not use the session. */
typedef void (*paw_on_step)(void* context, const paw_step* step);
paw_status paw_session_set_profiler(paw_session* session, paw_on_step on_step, void* context);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
