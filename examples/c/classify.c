/* Runs a plan once on a grey image and prints what came out: classify MODEL.plan */
#include <paw/paw.h>
#include <stdio.h>

static int failed(const char* what) {
  fprintf(stderr, "%s: %s\n", what, paw_last_error());
  return 1;
}

static int classify(paw_session* session) {
  void* image = NULL;
  size_t bytes = 0;
  if (paw_session_input_data(session, 0, &image, &bytes) != PAW_OK) return failed("input");
  for (size_t i = 0; i < bytes / sizeof(float); ++i) ((float*)image)[i] = 0.5f;

  if (paw_session_run(session) != PAW_OK) return failed("run");

  const void* output = NULL;
  if (paw_session_output_data(session, 0, &output, &bytes) != PAW_OK) return failed("output");
  const float* scores = (const float*)output;
  size_t best = 0;
  for (size_t i = 0; i < bytes / sizeof(float); ++i) {
    if (scores[i] > scores[best]) best = i;
  }
  printf("class %zu of %zu: %.4f\n", best, bytes / sizeof(float), (double)scores[best]);
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: classify MODEL.plan\n");
    return 2;
  }
  paw_plan* plan = NULL;
  if (paw_plan_load_file(argv[1], &plan) != PAW_OK) return failed("load");
  paw_port input;
  if (paw_plan_input(plan, 0, &input) != PAW_OK) return failed("input");
  if (input.dtype != PAW_F32) {
    fprintf(stderr, "the example feeds float32 only\n");
    return 1;
  }
  paw_session* session = NULL;
  if (paw_session_create(plan, 1, &session) != PAW_OK) return failed("session");
  paw_plan_free(plan); /* the session keeps what it needs */
  const int status = classify(session);
  paw_session_free(session);
  return status;
}
