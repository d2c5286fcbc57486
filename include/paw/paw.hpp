// paw.h as C++ objects that free what they hold. Throws nothing: a failed Plan or Session is empty, error() says why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "paw/paw.h"

namespace paw::api {

inline const char* error() { return paw_last_error(); }

class Plan {
 public:
  static Plan load(std::span<const std::byte> data) {
    paw_plan* plan = nullptr;
    paw_plan_load(data.data(), data.size(), &plan);
    return Plan(plan);
  }
  static Plan load_file(const char* path) {
    paw_plan* plan = nullptr;
    paw_plan_load_file(path, &plan);
    return Plan(plan);
  }
  explicit operator bool() const { return plan_ != nullptr; }
  const paw_plan* get() const { return plan_.get(); }
  std::size_t inputs() const { return paw_plan_input_count(get()); }
  std::size_t outputs() const { return paw_plan_output_count(get()); }
  // A port of no bytes when there is no such one.
  paw_port input(std::size_t index) const {
    paw_port port{};
    paw_plan_input(get(), index, &port);
    return port;
  }
  paw_port output(std::size_t index) const {
    paw_port port{};
    paw_plan_output(get(), index, &port);
    return port;
  }

 private:
  struct Free {
    void operator()(paw_plan* plan) const { paw_plan_free(plan); }
  };
  explicit Plan(paw_plan* plan) : plan_(plan) {}
  std::unique_ptr<paw_plan, Free> plan_;
};

class Session {
 public:
  explicit Session(const Plan& plan, std::int32_t threads = 1) {
    paw_session* session = nullptr;
    paw_session_create(plan.get(), threads, &session);
    session_.reset(session);
  }
  explicit operator bool() const { return session_ != nullptr; }
  paw_session* get() const { return session_.get(); }
  // The memory of an input or output; empty when there is no such one.
  std::span<std::byte> input(std::size_t index) const {
    void* data = nullptr;
    std::size_t bytes = 0;
    paw_session_input_data(get(), index, &data, &bytes);
    return {static_cast<std::byte*>(data), bytes};
  }
  std::span<const std::byte> output(std::size_t index) const {
    const void* data = nullptr;
    std::size_t bytes = 0;
    paw_session_output_data(get(), index, &data, &bytes);
    return {static_cast<const std::byte*>(data), bytes};
  }
  bool run() const { return paw_session_run(get()) == PAW_OK; }

 private:
  struct Free {
    void operator()(paw_session* session) const { paw_session_free(session); }
  };
  std::unique_ptr<paw_session, Free> session_;
};

}  // namespace paw::api
