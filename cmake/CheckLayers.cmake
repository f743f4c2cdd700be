# SPDX-License-Identifier: GPL-3.0-or-later
# cmake -DROOT=<source folder> -P CheckLayers.cmake
# Fails, naming file and line, where the dependency rule (ARCHITECTURE.md) or the ban on waiting in a front end is broken:
#   app -> ui -> engine/include/engine;  engine/src: base <- linux <- oci <- {registry, storage} <- {build, runtime} <- services
cmake_minimum_required(VERSION 3.25)
set(violations "")

# Reports every line of the files below <folder> that matches <regex>. Comments do not count. EXCEPT: files allowed to.
function(forbid folder regex reason)
  cmake_parse_arguments(arg "" "" "EXCEPT" ${ARGN})
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cpp)
  foreach(file IN LISTS files)
    if(file IN_LIST arg_EXCEPT)
      continue()
    endif()
    file(READ ${ROOT}/${file} text)
    string(REGEX REPLACE "//[^\n]*" "" text "${text}")
    if(NOT text MATCHES "${regex}")
      continue()
    endif()
    string(REGEX REPLACE "[][;]" " " text "${text}") # characters that lists give a meaning to
    string(REPLACE "\n" ";" lines "${text}")
    set(number 0)
    foreach(line IN LISTS lines)
      math(EXPR number "${number} + 1")
      if(line MATCHES "${regex}")
        string(STRIP "${line}" line)
        string(APPEND violations "${file}:${number}: ${reason}: ${line}\n")
      endif()
    endforeach()
  endforeach()
  set(violations "${violations}" PARENT_SCOPE)
endfunction()

set(include "#[ \t]*include[ \t]*[<\"]")
set(word_start "(^|[^A-Za-z0-9_])")

# ---- the engine knows no user interface and no user's language ----
forbid(engine "${include}(QtGui|QtWidgets|QtSvg|QtSvgWidgets|QtQml|QtQuick|QtPrintSupport)/" "the engine includes a user interface")
forbid(engine "${include}Q(Widget|Application|GuiApplication|MessageBox|Dialog|Image|Pixmap|Icon|Color|Font|Painter|Action|Palette)>"
  "the engine includes a user interface")
forbid(engine "${include}(models|controllers|pages|dialogs|widgets|errors|mainwindow|theme|cli)/" "the engine includes ui or app")
forbid(engine "${word_start}(tr|trUtf8|QT_TR_NOOP|QT_TRANSLATE_NOOP)\\(|QCoreApplication::translate\\(" "the engine translates text")
forbid(engine "${word_start}(QSettings|qApp)([^A-Za-z0-9_]|$)" "the engine reaches for the application")
forbid(engine/include "${include}[^>\"]*_p\\.h" "a public header includes a private one")

# ---- inside the engine: each folder and what it may not see ----
set(base "linux|oci|registry|storage|build|runtime|network|services")
set(linux "oci|registry|storage|build|runtime|network|services")
set(oci "registry|storage|build|runtime|network|services")
set(registry "storage|build|runtime|network|services")
set(storage "registry|build|runtime|network|services")
set(build "services")
set(runtime "build|services")
set(network "build|runtime|services")
foreach(folder base linux oci registry storage build runtime network)
  forbid(engine/src/${folder} "${include}(${${folder}})/" "${folder} includes what stands above it")
endforeach()

# ---- the window sees the engine's public headers only ----
foreach(folder ui app)
  forbid(${folder} "${include}(base|linux|oci|registry|storage|build|runtime|network|services)/[a-z]+_p\\.h" "a front end includes a private header of the engine")
  forbid(${folder} "${include}[^>\"]*engine/src/" "a front end includes engine/src")
endforeach()
forbid(ui "${include}(cli/|await\\.h)" "the window includes the command line")
foreach(folder ui/models ui/controllers)
  forbid(${folder} "${include}(QtWidgets|pages|dialogs|mainwindow)/" "models and controllers know no widgets")
endforeach()
forbid(ui/models "${include}controllers/" "models know no controllers")

# ---- a front end never waits; the one exception is what the command line waits with ----
foreach(folder ui app)
  forbid(${folder} "${word_start}(waitForFinished|waitForStarted|waitForReadyRead|waitForBytesWritten|waitForConnected|waitForDone)\\("
    "a front end waits" EXCEPT app/cli/await.h)
  forbid(${folder} "${word_start}QEventLoop([^A-Za-z0-9_:]|$)" "a nested event loop" EXCEPT app/cli/await.h)
  forbid(${folder} "${word_start}processEvents\\(" "processEvents")
  forbid(${folder} "BlockingQueuedConnection" "a blocking connection")
  forbid(${folder} "${word_start}sender\\(\\)" "sender()")
  # QDBusConnection::connect() knows no other way
  forbid(${folder} "${word_start}(SIGNAL|SLOT)\\(" "a connection by name" EXCEPT ui/widgets/systemappearance.cpp)
endforeach()
forbid(ui "dialog(->|\\.)exec\\(\\)|QMessageBox::(question|warning|information|critical)\\(" "a nested event loop of a dialog")

if(violations)
  message(FATAL_ERROR "${violations}")
endif()
