// SPDX-License-Identifier: BSL-1.0
#include "devp2p/simulator/program/program.hpp"

#include "devp2p/simulator/program/arguments.hpp"
#include "devp2p/simulator/program/failure.hpp"
#include "devp2p/simulator/program/guarded_main.hpp"
#include "devp2p/simulator/program/help_layout.hpp"
#include "devp2p/simulator/program/simulate_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace devp2p::simulator {

int program::run(int argc, char** argv) const {
  return tool::guarded_main([&] {
    tool::name_program(name_);
    CLI::App app{"Runs a scenario: a network of simulated nodes in virtual time", name_};
    app.formatter(std::make_shared<tool::help_layout>());
    tool::command chosen;
    tool::add_simulate_options(app, {*this, {name_}}, chosen);
    tool::refuse_empty_values(app);
    try {
      app.parse(argc, argv);
    } catch (const CLI::Success& x) {
      return app.exit(x);
    } catch (const CLI::ParseError& x) {
      return tool::fail(x.what() + std::string{" (--help says more)"}, tool::wrong_arguments);
    }
    return chosen();
  });
}

} // namespace devp2p::simulator
