# paw_wasm_engine(OUT): the phone-safe layers as WebAssembly modules, listed in the variable OUT. They import nothing.
#
#   engine.wasm           128-bit vectors
#   engine_relaxed.wasm   the same, multiplying and adding in one instruction
#   engine_scalar.wasm    neither, for browsers before 2022
#
# Compiled by clang 19 whatever compiles the program, with wasi-libc and libc++ (setup/packages.txt). What only training
# needs is left out: PAW_HOST_KERNEL in kernels.inc, PAW_TRAIN_STEP in steps.inc.

find_program(PAW_WASM_CXX NAMES clang++-19 REQUIRED)
set(PAW_WASM_FLAGS --target=wasm32-wasi -std=c++23 -Os -DNDEBUG -fno-exceptions -fno-rtti -ffp-contract=off
                   # Sizes have 64 bits, addresses 32: no plan may ask for more than they hold (kMaxArenaBytes).
                   -Wno-c++11-narrowing -ffunction-sections -fdata-sections -fvisibility=hidden -Wall -Wextra
                   -I${PROJECT_SOURCE_DIR}/src -I${PROJECT_SOURCE_DIR}/include)
# Where the time goes is compiled for speed, all else for size: an app's download.
set(PAW_WASM_HOT "/(conv|dwconv|conv_i8|dwconv_i8|image)_simd128\\.cc$")
set(PAW_WASM_TRAINING "/(conv_grad|optimizer|peak|dropout|cross_entropy)")

# One object from `sources` together, compiled with `flags`.
function(paw_wasm_object out name flags sources)
  set(text)
  foreach(source IN LISTS sources)
    string(APPEND text "#include \"${source}\"\n")
  endforeach()
  set(base ${PROJECT_BINARY_DIR}/wasm/${name})
  file(CONFIGURE OUTPUT ${base}.cc CONTENT "${text}" @ONLY)
  get_property(launcher GLOBAL PROPERTY RULE_LAUNCH_COMPILE)
  add_custom_command(
    OUTPUT ${base}.o
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${PAW_WASM_CXX} ${PAW_WASM_FLAGS} ${flags} -I${PROJECT_SOURCE_DIR} -MD -MF
            ${base}.d -c ${base}.cc -o ${base}.o
    DEPENDS ${base}.cc
    DEPFILE ${base}.d
    COMMENT "wasm ${name}"
    VERBATIM)
  set(${out} ${${out}} ${base}.o PARENT_SCOPE)
endfunction()

function(paw_wasm_module out name objects)
  file(STRINGS ${PROJECT_SOURCE_DIR}/src/apps/wasm/exports.txt exports)
  list(TRANSFORM exports PREPEND -Wl,--export=)
  set(module ${PROJECT_BINARY_DIR}/wasm/${name}.wasm)
  add_custom_command(
    OUTPUT ${module}
    COMMAND ${PAW_WASM_CXX} --target=wasm32-wasi -mexec-model=reactor -O3 ${objects} -o ${module} -Wl,--gc-sections
            -Wl,--strip-all -Wl,-z,stack-size=1048576 ${exports}
    DEPENDS ${objects} ${PROJECT_SOURCE_DIR}/src/apps/wasm/exports.txt
    COMMENT "wasm ${name}.wasm"
    VERBATIM)
  set(${out} ${${out}} ${module} PARENT_SCOPE)
endfunction()

function(paw_wasm_engine out)
  set(root ${PROJECT_SOURCE_DIR})
  set(common)
  foreach(layer base tensor kernels runtime runtime/steps)
    if(layer STREQUAL kernels)
      file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${root} ${root}/src/${layer}/*.cc)
    else()
      file(GLOB sources CONFIGURE_DEPENDS RELATIVE ${root} ${root}/src/${layer}/*.cc)
    endif()
    list(FILTER sources EXCLUDE REGEX "_test\\.cc$|_avx2\\.cc$|_avx512\\.cc$|${PAW_WASM_TRAINING}")
    set(portable ${sources})
    list(FILTER portable INCLUDE REGEX "_portable\\.cc$")
    set(simd ${sources})
    list(FILTER simd INCLUDE REGEX "_simd128\\.cc$")
    # What asks which tier it is compiled for.
    set(per_module ${sources})
    list(FILTER per_module INCLUDE REGEX "/(cpu|kernels)\\.cc$")
    list(FILTER sources EXCLUDE REGEX "_portable\\.cc$|_simd128\\.cc$|/(cpu|kernels)\\.cc$")
    # Files of these two layers name the same helpers: each by itself.
    if(layer MATCHES "^(kernels|runtime/steps)$")
      foreach(source IN LISTS sources)
        string(REPLACE / _ name ${source})
        paw_wasm_object(common ${name} "" ${source})
      endforeach()
    else()
      paw_wasm_object(common ${layer} "" "${sources}")
    endif()
    list(APPEND all_portable ${portable})
    list(APPEND all_simd ${simd})
    list(APPEND all_per_module ${per_module})
  endforeach()
  paw_wasm_object(common platform "" src/apps/wasm/platform.cc)
  foreach(variant engine engine_relaxed engine_scalar)
    set(flags -msimd128)
    set(tier ${all_simd})
    if(variant STREQUAL engine_relaxed)
      list(APPEND flags -mrelaxed-simd)
    elseif(variant STREQUAL engine_scalar)
      set(flags "")
      set(tier ${all_portable})
    endif()
    set(objects ${common})
    foreach(source IN LISTS tier all_per_module)
      cmake_path(GET source STEM stem)
      set(speed)
      if(source MATCHES "${PAW_WASM_HOT}" AND NOT variant STREQUAL engine_scalar)
        set(speed -O2)
      endif()
      paw_wasm_object(objects ${variant}_${stem} "${flags};${speed}" ${source})
    endforeach()
    paw_wasm_module(modules ${variant} "${objects}")
  endforeach()
  set(${out} ${modules} PARENT_SCOPE)
endfunction()
