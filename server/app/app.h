#pragma once

namespace luso::app {

// The whole program: parses the command line, does what it says, returns the exit code.
int run(int argc, char** argv);

}  // namespace luso::app
