// clang-tidy 19 walks every declaration of a translation unit: for one of our files, all of Asio and of the standard
// library, 40,000 findings that it then throws away. This plugin narrows its walk to what the file itself and our headers
// declare. (LLVM 21's clang-tidy leaves system headers out by itself; then this file can go.)
#include <memory>
#include <string>
#include <vector>

#include <clang/AST/ASTConsumer.h>
#include <clang/AST/ASTContext.h>
#include <clang/Basic/SourceManager.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendAction.h>
#include <clang/Frontend/FrontendPluginRegistry.h>

namespace {

class Scope : public clang::ASTConsumer {
 public:
  // Called for what was parsed here; declarations out of the precompiled header never pass.
  bool HandleTopLevelDecl(clang::DeclGroupRef group) override {
    for (clang::Decl* declaration : group) {
      const auto& sources = declaration->getASTContext().getSourceManager();
      if (!sources.isInSystemHeader(sources.getExpansionLoc(declaration->getLocation()))) ours_.push_back(declaration);
    }
    return true;
  }

  // A plugin's consumer comes before the tool's own, so the walk is narrow when the checks begin theirs.
  void HandleTranslationUnit(clang::ASTContext& context) override { context.setTraversalScope(ours_); }

 private:
  std::vector<clang::Decl*> ours_;
};

class ScopeAction : public clang::PluginASTAction {
 protected:
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& /*compiler*/,
                                                        llvm::StringRef /*file*/) override {
    return std::make_unique<Scope>();
  }
  bool ParseArgs(const clang::CompilerInstance& /*compiler*/, const std::vector<std::string>& /*arguments*/) override {
    return true;
  }
  ActionType getActionType() override { return AddBeforeMainAction; }
};

const clang::FrontendPluginRegistry::Add<ScopeAction> kRegistered("luso-scope", "clang-tidy sees our declarations only");

}  // namespace
