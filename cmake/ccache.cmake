# ccache, told that paths inside the checkout do not matter: a second clone of the same sources compiles nothing anew.
find_program(PAW_CCACHE ccache)
find_program(PAW_ENV env)
if(PAW_CCACHE AND PAW_ENV AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PAW_ENV} CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${PAW_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
